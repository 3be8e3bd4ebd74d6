namespace Poa.Actors.Client;

/// <summary>Stored results of evaluations.</summary>
public sealed class ResultsClient
{
    private readonly PoaClient _client;

    internal ResultsClient(PoaClient client) => _client = client;

    /// <summary>All stored results of a run: of each sub-network, benchmark, checkpoint and data set the one that is stored.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<ResultRow>> AllAsync(string run, CancellationToken cancellationToken = default)
    {
        var snapshot = await _client.Runs.GetAsync(run, cancellationToken);
        var rows = new Dictionary<EvaluationKey, ResultRow>();
        foreach (var id in snapshot.Sweeps)
        {
            // A sweep is noted in its run before it is stored; one that never was has no results.
            var sweep = await Calls.GuardAsync(() => _client.Cluster.GetGrain<IEvaluationSweepGrain>(id).FindAsync(cancellationToken));
            if (sweep is null)
            {
                continue;
            }

            foreach (var result in await _client.Sweeps.ResultsAsync(id, cancellationToken))
            {
                rows[sweep.Specification.JobOf(result.SubNetwork)] = new ResultRow(run, sweep.Specification.Iteration, sweep.Specification.Data, result);
            }
        }

        return [.. rows.Values];
    }

    /// <summary>The results of one benchmark on one checkpoint: the grid, narrow and shallow first.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="benchmark">One of <see cref="Benchmarks"/>.</param>
    /// <param name="iteration">Iteration of the checkpoint; null for the newest that has results.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<ResultRow>> GridAsync(
        string run, string benchmark = Benchmarks.Knn, long? iteration = null, CancellationToken cancellationToken = default)
    {
        var rows = (await AllAsync(run, cancellationToken)).Where(row => row.Result.Benchmark == benchmark).ToList();
        var at = iteration ?? (rows.Count == 0 ? 0 : rows.Max(row => row.Iteration));
        return [.. rows.Where(row => row.Iteration == at).OrderBy(row => row.Width).ThenBy(row => row.Depth).ThenBy(row => row.SubNetwork, StringComparer.Ordinal)];
    }
}
