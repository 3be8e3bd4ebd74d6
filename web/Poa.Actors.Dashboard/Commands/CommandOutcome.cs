namespace Poa.Actors.Dashboard.Commands;

/// <summary>What came of a command on one of several targets.</summary>
/// <param name="Target">The run.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
public sealed record CommandOutcome(string Target, WorkError? Error);
