namespace Poa.Actors.Client;

/// <summary>Some steps of a run in a row.</summary>
/// <param name="Steps">The steps, ascending.</param>
/// <param name="Next">Position to ask for the next page with: the last iteration of this one, or the position asked for where it is empty.</param>
public sealed record StepMetricsPage(IReadOnlyList<StepMetrics> Steps, long Next);
