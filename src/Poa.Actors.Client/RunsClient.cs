using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Poa.Elastic;
using Poa.Storage;

namespace Poa.Actors.Client;

/// <summary>Pre-training runs.</summary>
public sealed partial class RunsClient
{
    private readonly PoaClient _client;

    internal RunsClient(PoaClient client) => _client = client;

    /// <summary>Creates a run and queues it.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="data">Data specification, such as <c>folder:/data/photos</c>.</param>
    /// <param name="run">Run id; a new one if null. The same command with the same id twice equals once.</param>
    /// <param name="name">Name for people.</param>
    /// <param name="labels">Labels for search.</param>
    /// <param name="priority">Higher goes first; see <see cref="WorkPriority"/>.</param>
    /// <param name="createdBy">Who asks for it; the user of this process if null.</param>
    /// <param name="shards">How many worker shards are to work on it together.</param>
    /// <param name="minimumShards">With how many of them it may begin, and go on when some are lost.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">
    /// The id, a number of shards or the priority is out of range, a step of the configuration has not a part for each shard, or the weights that it
    /// starts from are not stored; nothing was started.
    /// </exception>
    public Task<RunSnapshot> StartAsync(
        PoaConfiguration configuration,
        string data,
        string? run = null,
        string name = "",
        IReadOnlyDictionary<string, string>? labels = null,
        int priority = WorkPriority.Default,
        string? createdBy = null,
        int shards = 1,
        int minimumShards = 1,
        CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        {
            RunSpecification.RequireAPartForEach(configuration, shards);
            await _client.Weights.RequireAsync(configuration, cancellationToken);
            var id = RunId.Validate(run ?? RunId.New(_client.Time));
            var grain = Grain(id);
            await grain.CreateAsync(
                new RunSpecification
                {
                    RunId = id,
                    Name = name,
                    ConfigurationYaml = configuration.ToYaml(),
                    Data = data,
                    CreatedBy = createdBy ?? Environment.UserName,
                    Labels = labels?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
                    Priority = priority,
                    Shards = shards,
                    MinimumShards = minimumShards,
                },
                cancellationToken);
            return await grain.StartAsync(cancellationToken);
        });

    /// <summary>A run as it stands.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">There is no such run.</exception>
    public Task<RunSnapshot> GetAsync(string run, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        await Grain(run).FindAsync(cancellationToken) ?? throw new PoaException(
            ErrorCodes.RunNotFound, $"There is no run {run}.", "List the runs with: poa runs"));

    /// <summary>The entries of <see cref="QueryAsync"/>: runs, newest first unless the query says otherwise.</summary>
    /// <param name="query">Which ones; all if null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<CatalogEntry>> ListAsync(CatalogQuery? query = null, CancellationToken cancellationToken = default) =>
        (await QueryAsync(query ?? new CatalogQuery(), cancellationToken)).Entries;

    /// <summary>One page of a list of runs, with their number and how many there are in each state.</summary>
    /// <param name="query">Which ones, in which order.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">Offset or limit is negative.</exception>
    public Task<CatalogPage> QueryAsync(CatalogQuery query, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => _client.Cluster.GetGrain<IRunCatalogGrain>(0).QueryAsync(query, cancellationToken));

    /// <summary>
    /// Follows a run until it is finished or paused. Goes on by itself after a break, without losing or repeating events.
    /// </summary>
    /// <param name="run">Run id.</param>
    /// <param name="afterPosition">Position of the last update seen; 0 to begin with all events that are kept.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<RunUpdate> WatchAsync(
        string run, long afterPosition = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await GetAsync(run, cancellationToken);
        await foreach (var update in Calls.FollowAsync<RunUpdate>(
            last => Grain(run).WatchAsync(last?.Position ?? afterPosition, cancellationToken), _client.Time, cancellationToken))
        {
            yield return update;
        }
    }

    /// <summary>Waits until the run is finished or paused.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">The run failed; the error is the run's own.</exception>
    public async Task<RunSnapshot> WaitAsync(string run, CancellationToken cancellationToken = default)
    {
        await foreach (var _ in WatchAsync(run, long.MaxValue, cancellationToken))
        {
            // Only the end matters here.
        }

        var snapshot = await GetAsync(run, cancellationToken);
        return snapshot is { Status: RunStatus.Failed, Error: { } error } ? throw new PoaException(error) : snapshot;
    }

    /// <summary>Asks for a checkpoint and a stop.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    public Task<RunSnapshot> PauseAsync(string run, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(run).PauseAsync(cancellationToken));

    /// <summary>Queues a paused or failed run again.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    public Task<RunSnapshot> ResumeAsync(string run, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(run).ResumeAsync(cancellationToken));

    /// <summary>Stops a run for good.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    public Task<RunSnapshot> CancelAsync(string run, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(run).CancelAsync(cancellationToken));

    /// <summary>The configuration of a run.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<PoaConfiguration> ConfigurationAsync(string run, CancellationToken cancellationToken = default)
    {
        var snapshot = await GetAsync(run, cancellationToken);
        return await Calls.GuardAsync(() => Task.FromResult(
            PoaConfiguration.Load([new ConfigurationSource($"run {run}", snapshot.Specification.ConfigurationYaml)])));
    }

    /// <summary>The figures of each training step, ascending, as far as they are stored.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="after">Only iterations above this one; -1 for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<StepMetrics> MetricsAsync(
        string run, long after = -1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var blobs = await _client.BlobsAsync(cancellationToken);
        await using var records = MetricsReader.ReadAsync(blobs, run, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await Calls.GuardAsync(() => records.MoveNextAsync().AsTask()))
        {
            yield return StepMetrics.FromLine(Encoding.UTF8.GetString(records.Current.Json));
        }
    }

    /// <summary>Iteration of the checkpoint that is meant: the newest one where none is named.</summary>
    internal async Task<long> IterationAsync(string run, long? iteration, CancellationToken cancellationToken)
    {
        var snapshot = await GetAsync(run, cancellationToken);
        return iteration ?? snapshot.LatestCheckpoint?.Iteration ?? throw new PoaException(
            ErrorCodes.CheckpointNotFound, $"Run {run} has no checkpoint yet.", "Wait for its first checkpoint.");
    }

    private ITrainingRunGrain Grain(string run) => _client.Cluster.GetGrain<ITrainingRunGrain>(RunId.Validate(run));
}
