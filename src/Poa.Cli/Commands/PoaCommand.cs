using System.CommandLine;

namespace Poa.Cli.Commands;

/// <summary>A command with examples, which its own help shows below everything else.</summary>
/// <param name="name">The word on the command line.</param>
/// <param name="description">What it does, one or two sentences.</param>
/// <param name="examples">Whole command lines.</param>
internal sealed class PoaCommand(string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    /// <summary>Whole command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
