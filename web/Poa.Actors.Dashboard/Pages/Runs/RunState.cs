namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>What the page of a run shows.</summary>
/// <param name="Snapshot">The run as it stands, as far as is known.</param>
/// <param name="Broken">Why it cannot be followed at the moment; null while it can.</param>
public sealed record RunState(RunSnapshot Snapshot, WorkError? Broken);
