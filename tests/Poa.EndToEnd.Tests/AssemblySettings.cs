using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Two at a time: a test with one host computes on one thread, and all of them wait for processes to start.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]

namespace Poa.EndToEnd.Tests;

/// <summary>Tests that run while no other does: they hit or measure moments, or their processes fill the cores by themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeMachine
{
    public const string Name = "whole machine";
}
