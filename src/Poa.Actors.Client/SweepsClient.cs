using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Poa.Actors.Client;

/// <summary>Evaluations of sub-networks.</summary>
public sealed class SweepsClient
{
    private readonly PoaClient _client;

    internal SweepsClient(PoaClient client) => _client = client;

    /// <summary>Evaluates sub-networks of a checkpoint; those with a stored result are not computed again.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="data">Images with known labels, and held-out images; without effect for a benchmark that needs none.</param>
    /// <param name="benchmark">One of <see cref="Benchmarks"/>.</param>
    /// <param name="subNetworks">Names such as <c>384x12</c>; null for the whole grid.</param>
    /// <param name="iteration">Iteration of the checkpoint; null for the newest.</param>
    /// <param name="options">Options of the benchmark; those left out take the run's configuration.</param>
    /// <param name="recompute">Compute anew what is stored.</param>
    /// <param name="sweep">Sweep id; a new one if null. The same command with the same id twice equals once.</param>
    /// <param name="createdBy">Who asks for it; the user of this process if null.</param>
    /// <param name="priority">Higher goes first; see <see cref="WorkPriority"/>.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">
    /// No such run or checkpoint, or a name that is not on the run's grid (the message lists the legal ones).
    /// </exception>
    public Task<SweepSnapshot> StartAsync(
        string run,
        EvaluationData data,
        string benchmark = Benchmarks.Knn,
        IEnumerable<string>? subNetworks = null,
        long? iteration = null,
        IReadOnlyDictionary<string, string>? options = null,
        bool recompute = false,
        string? sweep = null,
        string? createdBy = null,
        int priority = WorkPriority.Default,
        CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        {
            var described = Benchmarks.Describe(benchmark);
            var id = RunId.Validate(sweep ?? SweepId.New(_client.Time));
            var at = await _client.Runs.IterationAsync(run, iteration, cancellationToken);
            return await Grain(id).StartAsync(
                new SweepSpecification
                {
                    SweepId = id,
                    Run = run,
                    Iteration = at,
                    Benchmark = benchmark,
                    Data = described.NeedsImages ? data : EvaluationData.None,
                    SubNetworks = benchmark == Benchmarks.PixelKnn ? [Benchmarks.Pixels] : await NamesAsync(run, subNetworks, cancellationToken),
                    Options = options?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
                    Recompute = recompute,
                    Priority = priority,
                    CreatedBy = createdBy ?? Environment.UserName,
                },
                cancellationToken);
        });

    /// <summary>A sweep as it stands.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">There is no such sweep.</exception>
    public Task<SweepSnapshot> GetAsync(string sweep, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        await Grain(sweep).FindAsync(cancellationToken) ?? throw new PoaException(
            ErrorCodes.SweepNotFound, $"There is no sweep {sweep}.", "Start one with: poa evaluate"));

    /// <summary>Follows a sweep until it has ended; goes on by itself after a break.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<SweepSnapshot> WatchAsync(
        string sweep, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await GetAsync(sweep, cancellationToken);
        await foreach (var snapshot in Calls.FollowAsync<SweepSnapshot>(
            last => Grain(sweep).WatchAsync(last?.Version ?? 0, cancellationToken), _client.Time, cancellationToken))
        {
            yield return snapshot;
        }
    }

    /// <summary>Waits until a sweep has ended; look at its jobs for what failed.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<SweepSnapshot> WaitAsync(string sweep, CancellationToken cancellationToken = default)
    {
        await foreach (var snapshot in WatchAsync(sweep, cancellationToken))
        {
            if (snapshot.IsFinished)
            {
                return snapshot;
            }
        }

        return await GetAsync(sweep, cancellationToken);
    }

    /// <summary>The stored results of a sweep, in the order of its selection.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<EvaluationResult>> ResultsAsync(string sweep, CancellationToken cancellationToken = default) =>
        await Calls.GuardAsync(() => Grain(sweep).GetResultsAsync(cancellationToken));

    /// <summary>Gives up what has no result yet.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    public Task<SweepSnapshot> CancelAsync(string sweep, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(sweep).CancelAsync(cancellationToken));

    /// <summary>Tries the failed, quarantined and cancelled evaluations again, and only those.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    public Task<SweepSnapshot> RetryFailedAsync(string sweep, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(sweep).RetryFailedAsync(cancellationToken));

    /// <summary>Tries some of the failed, quarantined and cancelled evaluations again, and only those.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="subNetworks">Names of sub-networks of the sweep; those that are not among the failed stay as they are.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">A name is not in this sweep.</exception>
    public Task<SweepSnapshot> RetryAsync(string sweep, IReadOnlyList<string> subNetworks, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(sweep).RetryAsync([.. subNetworks], cancellationToken));

    /// <summary>One page of a list of sweeps, newest first, with their number and how many there are in each state.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">Offset or limit is negative.</exception>
    public Task<SweepPage> QueryAsync(SweepQuery query, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => _client.Cluster.GetGrain<ISweepCatalogGrain>(0).QueryAsync(query, cancellationToken));

    private async Task<ImmutableArray<string>> NamesAsync(string run, IEnumerable<string>? names, CancellationToken cancellationToken)
    {
        var grid = (await _client.Runs.ConfigurationAsync(run, cancellationToken)).Grid();
        return names is null
            ? [.. grid.SubNetworks.Select(s => s.ToString())]
            : [.. names.Select(name => grid.Parse(name).ToString()).Distinct()];
    }

    private IEvaluationSweepGrain Grain(string sweep) => _client.Cluster.GetGrain<IEvaluationSweepGrain>(RunId.Validate(sweep));
}
