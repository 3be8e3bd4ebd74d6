using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Poa.Actors.Client;

/// <summary>Searches for the best sub-network within a budget.</summary>
public sealed class SearchesClient
{
    /// <summary>The most evaluations of a search that does not say how many it may ask for.</summary>
    public const int UsualEvaluations = 12;

    private readonly PoaClient _client;

    internal SearchesClient(PoaClient client) => _client = client;

    /// <summary>Starts a search; what is stored already costs it nothing.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="data">Images with known labels, and held-out images.</param>
    /// <param name="budget">The limits.</param>
    /// <param name="benchmark">The benchmark whose figure makes a sub-network the best: one of <see cref="Benchmarks.Searchable"/>.</param>
    /// <param name="evaluations">
    /// How many evaluations it may ask for; a third of the run's sub-networks, at most <see cref="UsualEvaluations"/>, if null.
    /// </param>
    /// <param name="metric">Name of the figure, such as <c>top1@20</c>; the one that results show first if null.</param>
    /// <param name="iteration">Iteration of the checkpoint; null for the newest.</param>
    /// <param name="options">Options of the benchmark.</param>
    /// <param name="latencyOptions">Options of the latency measurements, where the budget limits latency.</param>
    /// <param name="search">Search id; a new one if null. The same command with the same id twice equals once.</param>
    /// <param name="createdBy">Who asks for it; the user of this process if null.</param>
    /// <param name="priority">Higher goes first; see <see cref="WorkPriority"/>.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">No such run or checkpoint, or it asks for what cannot be.</exception>
    public Task<SearchSnapshot> StartAsync(
        string run,
        EvaluationData data,
        SearchBudget budget,
        string benchmark = Benchmarks.Knn,
        int? evaluations = null,
        string? metric = null,
        long? iteration = null,
        IReadOnlyDictionary<string, string>? options = null,
        IReadOnlyDictionary<string, string>? latencyOptions = null,
        string? search = null,
        string? createdBy = null,
        int priority = WorkPriority.Default,
        CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        {
            var id = SearchId.Validate(search ?? SearchId.New(_client.Time));
            var at = await _client.Runs.IterationAsync(run, iteration, cancellationToken);
            return await Grain(id).StartAsync(
                new SearchSpecification
                {
                    SearchId = id,
                    Run = run,
                    Iteration = at,
                    Benchmark = benchmark,
                    Data = data,
                    Options = options?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
                    Metric = metric,
                    Budget = budget,
                    LatencyOptions = latencyOptions?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
                    Evaluations = evaluations ?? await UsualAsync(run, cancellationToken),
                    Priority = priority,
                    CreatedBy = createdBy ?? Environment.UserName,
                },
                cancellationToken);
        });

    /// <summary>A search as it stands.</summary>
    /// <param name="search">Search id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">There is no such search.</exception>
    public Task<SearchSnapshot> GetAsync(string search, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        await Grain(search).FindAsync(cancellationToken) ?? throw new PoaException(
            ErrorCodes.SearchNotFound, $"There is no search {search}.", "Start one with: poa search"));

    /// <summary>Follows a search until it has ended; goes on by itself after a break.</summary>
    /// <param name="search">Search id.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<SearchSnapshot> WatchAsync(
        string search, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await GetAsync(search, cancellationToken);
        await foreach (var snapshot in Calls.FollowAsync<SearchSnapshot>(
            last => Grain(search).WatchAsync(last?.Version ?? 0, cancellationToken), _client.Time, cancellationToken))
        {
            yield return snapshot;
        }
    }

    /// <summary>Waits until a search has ended.</summary>
    /// <param name="search">Search id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<SearchSnapshot> WaitAsync(string search, CancellationToken cancellationToken = default)
    {
        await foreach (var snapshot in WatchAsync(search, cancellationToken))
        {
            if (snapshot.IsFinished)
            {
                return snapshot;
            }
        }

        return await GetAsync(search, cancellationToken);
    }

    /// <summary>Gives a search up, and the sweep that runs for it. What was measured is kept.</summary>
    /// <param name="search">Search id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    public Task<SearchSnapshot> CancelAsync(string search, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(search).CancelAsync(cancellationToken));

    /// <summary>The searches of a run, newest first.</summary>
    /// <param name="run">Run id; null for those of all runs.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<SearchEntry>> ListAsync(string? run = null, int limit = 100, CancellationToken cancellationToken = default) =>
        await Calls.GuardAsync(() => _client.Cluster.GetGrain<ISearchCatalogGrain>(0).ListAsync(run is null ? null : RunId.Validate(run), limit, cancellationToken));

    /// <summary>The newest search over a checkpoint; null if there is none.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<SearchSnapshot?> NewestAsync(string run, long iteration, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        await _client.Cluster.GetGrain<ISearchCatalogGrain>(0).NewestAsync(RunId.Validate(run), iteration, cancellationToken) is { } newest
            ? await Grain(newest.SearchId).FindAsync(cancellationToken)
            : null);

    /// <summary>How many evaluations a search may ask for that does not say: a third of the sub-networks, at most <see cref="UsualEvaluations"/>.</summary>
    /// <param name="cells">Sub-networks of the grid.</param>
    public static int UsualEvaluationsOf(int cells) => Math.Clamp(cells / 3, 1, UsualEvaluations);

    private async Task<int> UsualAsync(string run, CancellationToken cancellationToken) =>
        UsualEvaluationsOf((await _client.Runs.ConfigurationAsync(run, cancellationToken)).Grid().SubNetworks.Count);

    private IBudgetSearchGrain Grain(string search) => _client.Cluster.GetGrain<IBudgetSearchGrain>(SearchId.Validate(search));
}
