namespace Poa.Actors.Client;

/// <summary>Where one measurement of one sub-network stands.</summary>
/// <param name="Status">
/// Where it stands. With a <paramref name="Result"/> and any status but completed, the result is an earlier one: computing it anew waits
/// or has failed.
/// </param>
/// <param name="Result">The stored result; null if there is none.</param>
/// <param name="Error">Why the last attempt failed, if it did.</param>
/// <param name="Sweep">The sweep that tells where it stands: the one to retry.</param>
/// <param name="Attempts">How often that sweep handed it to a worker.</param>
/// <param name="Shard">The worker that has it or had it last.</param>
/// <param name="FinishedAt">When it came to its result or its error.</param>
public sealed record CellMeasurement(
    JobStatus Status, EvaluationResult? Result, WorkError? Error, string Sweep, int Attempts, string? Shard, DateTimeOffset? FinishedAt)
{
    /// <summary>A stored figure; NaN if there is none of this name.</summary>
    /// <param name="metric">Name of the figure, such as <c>top1@20</c>.</param>
    public double Value(string metric) => Result?.Metrics.GetValueOrDefault(metric, double.NaN) ?? double.NaN;

    /// <summary>True if it can be asked for again: it ended without what was asked for.</summary>
    public bool CanRetry => Status is JobStatus.Failed or JobStatus.Quarantined or JobStatus.Cancelled;
}
