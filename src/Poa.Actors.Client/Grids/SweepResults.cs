using System.Collections.Immutable;

namespace Poa.Actors.Client;

/// <summary>A sweep as it stands with the results that were stored when it was read.</summary>
/// <param name="Snapshot">The sweep.</param>
/// <param name="Results">Its results, by sub-network.</param>
public sealed record SweepResults(SweepSnapshot Snapshot, ImmutableDictionary<string, EvaluationResult> Results)
{
    /// <summary>What was asked for.</summary>
    public SweepSpecification Specification => Snapshot.Specification;

    internal IEnumerable<(string SubNetwork, CellMeasurement Measurement)> Cells() => Snapshot.Jobs.Select(job => (
        job.SubNetwork,
        new CellMeasurement(
            job.Status, Results.GetValueOrDefault(job.SubNetwork), job.Error, Specification.SweepId, job.Attempts, job.Shard, job.FinishedAt)));
}
