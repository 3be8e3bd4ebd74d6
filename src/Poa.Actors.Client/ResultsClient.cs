using System.Collections.Immutable;
using System.Globalization;
using Poa.Elastic;

namespace Poa.Actors.Client;

/// <summary>Stored results of evaluations.</summary>
public sealed class ResultsClient
{
    private const int KeptResults = 10_000;
    private readonly PoaClient _client;
    private readonly SweepCache _cache = new(KeptResults);

    internal ResultsClient(PoaClient client) => _client = client;

    /// <summary>
    /// All stored results of a run: of each sub-network, benchmark, checkpoint and data set the one that is stored. Ordered by
    /// checkpoint and benchmark, then narrow and shallow first.
    /// </summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<ResultRow>> AllAsync(string run, CancellationToken cancellationToken = default)
    {
        var known = _client.Runs.GetAsync(run, cancellationToken);
        var entries = await EntriesAsync(run, cancellationToken);
        await known;
        var sweeps = await ReadAsync(entries, cancellationToken);
        var rows =
            from checkpoint in sweeps.GroupBy(sweep => sweep.Specification.Iteration)
            from measurement in GridMeasurement.From(checkpoint)
            from result in measurement.Cells.Values.Select(cell => cell.Result).OfType<EvaluationResult>()
            select new ResultRow(run, checkpoint.Key, measurement.Key, measurement.Data, result);
        return
        [
            .. rows.OrderBy(row => row.Iteration)
                .ThenBy(row => row.Result.Benchmark, StringComparer.Ordinal)
                .ThenBy(row => (row.Data.Train, row.Data.Test))
                .ThenBy(row => row.Cell),
        ];
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
        return [.. rows.Where(row => row.Iteration == at).OrderBy(row => row.Cell).ThenBy(row => row.SubNetwork, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The grid of a run at one checkpoint with everything that is known of its cells: costs, figures, protocols, what waits and what failed.
    /// </summary>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint; null for the newest that was evaluated, or the newest if none was.</param>
    /// <param name="previous">The view read before, if any; returned again if nothing has changed.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">No such run or checkpoint, or its architecture family has no grid yet.</exception>
    public async Task<GridView> ViewAsync(string run, long? iteration = null, GridView? previous = null, CancellationToken cancellationToken = default)
    {
        var reading = _client.Runs.GetAsync(run, cancellationToken);
        var entries = await EntriesAsync(run, cancellationToken);
        var snapshot = await reading;
        var evaluated = entries.Where(entry => entry.Benchmark != Benchmarks.PixelKnn).Select(entry => (long?)entry.Iteration).Max();
        var at = iteration ?? evaluated ?? snapshot.LatestCheckpoint?.Iteration;
        if (iteration is not null && snapshot.Checkpoints.All(checkpoint => checkpoint.Iteration != at) && entries.All(entry => entry.Iteration != at))
        {
            throw new PoaException(
                ErrorCodes.CheckpointNotFound,
                string.Create(CultureInfo.InvariantCulture, $"Run {run} has no checkpoint {at}, and no results of one."),
                $"Choose one of {string.Join(", ", snapshot.Checkpoints.Select(checkpoint => checkpoint.Iteration))}.");
        }

        var sweeps = await ReadAsync([.. entries.Where(entry => entry.Iteration == at)], cancellationToken);
        var stamp = StampOf(snapshot, at, entries, sweeps);
        if (previous?.Stamp == stamp)
        {
            return previous;
        }

        var configuration = previous?.Run.Specification == snapshot.Specification
            ? previous.Configuration
            : PoaConfiguration.Load([new ConfigurationSource($"run {run}", snapshot.Specification.ConfigurationYaml)]);
        return GridView.Of(snapshot, configuration, at, entries.Select(entry => entry.Iteration), sweeps) with { Stamp = stamp };
    }

    private async Task<ImmutableArray<SweepEntry>> EntriesAsync(string run, CancellationToken cancellationToken) =>
        (await _client.Sweeps.QueryAsync(new SweepQuery { Run = RunId.Validate(run), Limit = int.MaxValue }, cancellationToken)).Entries;

    private async Task<SweepResults[]> ReadAsync(IReadOnlyCollection<SweepEntry> entries, CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(entries.Select(entry => ReadAsync(entry, cancellationToken)))).OfType<SweepResults>()];

    private async Task<SweepResults?> ReadAsync(SweepEntry entry, CancellationToken cancellationToken)
    {
        var known = _cache.Find(entry.SweepId);
        // A sweep that is finished changes only when it is taken up again, and then the index has a later version.
        if (known is { Snapshot.IsFinished: true } && known.Snapshot.Version >= entry.Version)
        {
            return known;
        }

        // A sweep is noted in its index before its start is acknowledged; one that never was has no results.
        var snapshot = await Calls.GuardAsync(() => _client.Cluster.GetGrain<IEvaluationSweepGrain>(entry.SweepId).FindAsync(cancellationToken));
        if (snapshot is null)
        {
            return null;
        }

        // Read after the snapshot: whatever it calls completed is there.
        var results = known?.Snapshot.Version == snapshot.Version
            ? known.Results
            : (await _client.Sweeps.ResultsAsync(entry.SweepId, cancellationToken)).ToImmutableDictionary(result => result.SubNetwork);
        var read = new SweepResults(snapshot, results);
        _cache.Put(read);
        return read;
    }

    private static string StampOf(RunSnapshot run, long? iteration, IEnumerable<SweepEntry> entries, IEnumerable<SweepResults> sweeps) => string.Join(
        ';',
        [
            $"{run.Specification.RunId} {run.Status} {iteration} {string.Join(',', run.Checkpoints.Select(checkpoint => checkpoint.Iteration))}",
            string.Join(',', entries.Select(entry => entry.Iteration).Distinct()),
            .. sweeps.Select(sweep => $"{sweep.Specification.SweepId} {sweep.Snapshot.Version} {sweep.Snapshot.Progress?.Done} {sweep.Snapshot.Progress?.Phase}"),
        ]);
}
