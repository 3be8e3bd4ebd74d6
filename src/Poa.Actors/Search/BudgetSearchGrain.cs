using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Poa.Elastic;

namespace Poa.Actors;

/// <summary>A search: commands and queries. What it does by itself is in the part <c>Rounds</c>.</summary>
[GrainType("budget-search"), ControlPlacementFilter]
internal sealed partial class BudgetSearchGrain(
    [PersistentState("search", StorageNames.Provider)] IPersistentState<SearchState> storage,
    IOptions<PoaActorsOptions> options,
    TimeProvider time,
    ILogger<BudgetSearchGrain> logger) : Grain, IBudgetSearchGrain, IRemindable
{
    private readonly PoaActorsOptions _options = options.Value;
    private readonly ILogger _logger = logger;
    private readonly ChangeSignal _changes = new();
    private DurableState<SearchState> _durable = null!;
    private Watchdog _watchdog = null!;
    private SearchPlan? _plan;
    private WorkProgress? _progress;
    private (SearchFindings Of, Task<SearchOutlook> Outlook)? _outlook;

    private string Id => this.GetPrimaryKeyString();

    private SearchState State => _durable.Current;

    private SearchPlan Plan => _plan ??= new SearchPlan(Existing(), State.ConfigurationYaml);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = new DurableState<SearchState>(storage, this);
        _watchdog = new Watchdog(
            this, () => State is { Specification: not null, Status: SearchStatus.Running }, RoundAsync, TimeSpan.Zero, _options.TickInterval);
        _watchdog.SetTimer();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<SearchSnapshot> StartAsync(SearchSpecification specification, CancellationToken cancellationToken = default)
    {
        if (specification.SearchId != Id)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"Search id '{specification.SearchId}' was sent to search {Id}.", "Use the search id as the grain's key.");
        }

        specification.Validate();
        if (State.Specification is { } existing && !existing.IsSameAs(specification))
        {
            throw new PoaException(ErrorCodes.SearchExists, $"Search {Id} exists already, with another specification.", "Choose another id, or leave it out.");
        }

        if (State.Specification is null)
        {
            var runGrain = GrainFactory.GetGrain<ITrainingRunGrain>(specification.Run);
            var run = await runGrain.FindAsync(cancellationToken) ?? throw new PoaException(
                ErrorCodes.RunNotFound, $"There is no run {specification.Run}.", "List the runs with: poa runs");
            _plan = new SearchPlan(specification, run.Specification.ConfigurationYaml);
            var checkpoint = await runGrain.AttachSearchAsync(Id, specification.Iteration, inUse: true, CancellationToken.None);
            await SaveAsync(State with
            {
                Specification = specification,
                ConfigurationYaml = run.Specification.ConfigurationYaml,
                CheckpointSha256 = checkpoint?.ManifestSha256,
                Status = SearchStatus.Running,
                CreatedAt = time.GetUtcNow(),
            });
            LogStarted(Id, specification.Benchmark, specification.Run, specification.Iteration);
        }

        // Also on a repeat: the first call may have ended between the writes.
        await _watchdog.SetReminderAsync();
        await PutInCatalogAsync();
        return await SnapshotAsync();
    }

    /// <inheritdoc/>
    public async Task<SearchSnapshot> CancelAsync(CancellationToken cancellationToken = default)
    {
        Existing();
        if (State is { Status: SearchStatus.Running, IsCancelling: false })
        {
            await SaveAsync(State with { IsCancelling = true });
        }

        if (State.IsCancelling)
        {
            await RoundAsync();
        }

        return await SnapshotAsync();
    }

    /// <inheritdoc/>
    public async Task<SearchSnapshot?> FindAsync(CancellationToken cancellationToken = default) => State.Specification is null ? null : await SnapshotAsync();

    /// <inheritdoc/>
    public IAsyncEnumerable<SearchSnapshot> WatchAsync(long afterVersion, CancellationToken cancellationToken = default)
    {
        Existing();
        return _changes.FollowAsync(
            SnapshotAsync,
            snapshot => snapshot.Version > afterVersion || snapshot.Progress is not null,
            snapshot => snapshot.IsFinished,
            token => Task.Delay(_options.WatchInterval, time, token),
            cancellationToken);
    }

    private SearchSpecification Existing() => State.Specification ?? throw new PoaException(
        ErrorCodes.SearchNotFound, $"There is no search {Id}.", "Start one with: poa search");

    private async Task SaveAsync(SearchState next)
    {
        await _durable.SaveAsync(next with { Version = State.Version + 1 });
        _watchdog.SetTimer();
        _changes.Raise();
    }

    /// <summary>What is known and predicted; nothing if this silo cannot read what the grid is, by which the search fails.</summary>
    private async Task<SearchOutlook> OutlookAsync()
    {
        try
        {
            return await PredictAsync();
        }
        catch (PoaException)
        {
            return new SearchOutlook(null, []);
        }
    }

    /// <summary>Predicting takes a while on a large grid: away from the grain's thread, and once for the same findings.</summary>
    private Task<SearchOutlook> PredictAsync()
    {
        var findings = State.Findings;
        if (_outlook is not { } known || !ReferenceEquals(known.Of, findings) || known.Outlook.IsFaulted)
        {
            var plan = Plan;
            known = (findings, Task.Run(() => plan.Outlook(findings)));
            _outlook = known;
        }

        return known.Outlook;
    }

    private async Task<SearchSnapshot> SnapshotAsync()
    {
        // Of one moment: the state may change while predictions are made.
        var (state, progress) = (State, _progress);
        var outlook = await OutlookAsync();
        return new SearchSnapshot
        {
            Specification = state.Specification!,
            Status = state.Status,
            Version = state.Version,
            CreatedAt = state.CreatedAt,
            FinishedAt = state.FinishedAt,
            Ended = state.Ended,
            Error = state.Error,
            Metric = state.Findings.Metric ?? state.Specification!.Metric,
            Best = outlook.Best,
            Evaluations = state.Findings.Evaluations,
            LatencyMeasurements = state.Findings.LatencyMeasurements,
            Rounds = state.Rounds,
            SubNetworks = outlook.SubNetworks,
            Progress = state.Open is null ? null : progress,
        };
    }

    private async Task PutInCatalogAsync() => await GrainFactory.SearchCatalog().PutAsync(new SearchEntry(
        Id,
        Existing().Run,
        Existing().Iteration,
        Existing().Benchmark,
        Existing().Budget,
        State.Status,
        State.Status == SearchStatus.Running ? null : (await OutlookAsync()).Best,
        State.CreatedAt,
        State.FinishedAt,
        Existing().CreatedBy,
        State.Version));

    [LoggerMessage(Level = LogLevel.Information, Message = "Search {SearchId} started: by {Benchmark} on checkpoint {Iteration} of {RunId}")]
    private partial void LogStarted(string searchId, string benchmark, string runId, long iteration);

    [LoggerMessage(Level = LogLevel.Information, Message = "Search {SearchId}: {Step} of {SubNetworks} in sweep {SweepId}")]
    private partial void LogRound(string searchId, SearchStep step, string subNetworks, string sweepId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Search {SearchId} ended: {Status}, {Step}")]
    private partial void LogEnded(string searchId, SearchStatus status, SearchStep? step);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Search {SearchId}: round failed; it is repeated")]
    private partial void LogRoundFailed(Exception exception, string searchId);
}
