using System.Collections.Immutable;
using Poa.Actors.Client;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Pages.Compare;

/// <summary>One of the runs that are compared, as far as it could be read.</summary>
/// <param name="Id">Run id.</param>
/// <param name="Name">What people call it, unlike the names of the others.</param>
/// <param name="Grid">Its grid, with its configuration; null if it could not be read.</param>
/// <param name="Series">Its figures; null if they could not be read.</param>
/// <param name="Error">Why something could not be read; null if nothing was missing.</param>
public sealed record ComparedRun(string Id, string Name, GridView? Grid, MetricsSeries? Series, WorkError? Error)
{
    /// <summary>Whether its curve still grows.</summary>
    public bool IsActive => Grid?.Run.Status is RunStatus.Created or RunStatus.Queued or RunStatus.Running or RunStatus.Pausing or RunStatus.Cancelling;
}

/// <summary>The runs that are compared.</summary>
/// <param name="Runs">In the order of the address.</param>
public sealed record ComparedRuns(ImmutableArray<ComparedRun> Runs);
