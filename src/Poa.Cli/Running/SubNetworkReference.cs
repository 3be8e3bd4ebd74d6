namespace Poa.Cli.Running;

/// <summary>A sub-network as a command line names it.</summary>
/// <param name="Run">Id of the run, the begin of one, or <c>latest</c>.</param>
/// <param name="Name">Name of the sub-network.</param>
/// <param name="Checkpoint">Iteration of the checkpoint; null for the newest.</param>
internal sealed record SubNetworkReference(string Run, string Name, long? Checkpoint);
