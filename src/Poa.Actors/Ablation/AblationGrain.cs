using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Poa.Actors;

/// <summary>An ablation: commands and queries. What it does by itself is in the part <c>Rounds</c>.</summary>
[GrainType("ablation"), ControlPlacementFilter]
internal sealed partial class AblationGrain(
    [PersistentState("ablation", StorageNames.Provider)] IPersistentState<AblationState> storage,
    IOptions<PoaActorsOptions> options,
    TimeProvider time,
    ILogger<AblationGrain> logger) : Grain, IAblationGrain, IRemindable
{
    private readonly PoaActorsOptions _options = options.Value;
    private readonly ILogger _logger = logger;
    private readonly ChangeSignal _changes = new();

    /// <summary>Progress of runs that have not ended, as last seen, by their position.</summary>
    private readonly Dictionary<int, WorkProgress?> _progress = [];

    private DurableState<AblationState> _durable = null!;

    private string Id => this.GetPrimaryKeyString();

    private AblationState State => _durable.Current;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = new DurableState<AblationState>(storage, this);
        SetTimer();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<AblationSnapshot> StartAsync(AblationSpecification specification, CancellationToken cancellationToken = default)
    {
        if (specification.AblationId != Id)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"Ablation id '{specification.AblationId}' was sent to ablation {Id}.", "Use the ablation id as the grain's key.");
        }

        if (State.Specification is { } existing && !existing.IsSameAs(specification))
        {
            throw new PoaException(
                ErrorCodes.AblationExists, $"Ablation {Id} exists already, with another specification.", $"Choose another id, or look at it: poa ablate show {Id}");
        }

        if (State.Specification is null)
        {
            specification.Validate();
            await SaveAsync(State with
            {
                Specification = specification,
                Status = AblationStatus.Running,
                CreatedAt = time.GetUtcNow(),
                Metric = specification.Metric,
                Runs = AblationState.RunsOf(specification),
            });
            LogStarted(Id, specification.Rows.Length, specification.Seeds.Length);
        }

        // Also on a repeat: the first call may have ended between the writes.
        await SetReminderAsync();
        await PutInCatalogAsync();
        return Snapshot();
    }

    /// <inheritdoc/>
    public async Task<AblationSnapshot> CancelAsync(CancellationToken cancellationToken = default)
    {
        Existing();
        if (State is { Status: AblationStatus.Running, IsCancelling: false })
        {
            await SaveAsync(State with { IsCancelling = true });
        }

        if (State.IsCancelling)
        {
            await RoundAsync();
        }

        return Snapshot();
    }

    /// <inheritdoc/>
    public Task<AblationSnapshot?> FindAsync(CancellationToken cancellationToken = default) => Task.FromResult(State.Specification is null ? null : Snapshot());

    /// <inheritdoc/>
    public async IAsyncEnumerable<AblationSnapshot> WatchAsync(long afterVersion, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Existing();
        while (true)
        {
            var seen = _changes.Version;
            var snapshot = Snapshot();
            if (snapshot.Version > afterVersion || _progress.Count > 0 || snapshot.IsFinished)
            {
                yield return snapshot;
            }

            if (snapshot.IsFinished)
            {
                yield break;
            }

            await _changes.WaitAsync(seen, cancellationToken);
            await Task.Delay(_options.WatchInterval, time, cancellationToken);
        }
    }

    private AblationSpecification Existing() => State.Specification ?? throw new PoaException(
        ErrorCodes.AblationNotFound, $"There is no ablation {Id}.", "List them with: poa ablate --list");

    private async Task SaveAsync(AblationState next)
    {
        await _durable.SaveAsync(next with { Version = State.Version + 1 });
        SetTimer();
        _changes.Raise();
    }

    private AblationSnapshot Snapshot() => new()
    {
        Specification = Existing(),
        Status = State.Status,
        Version = State.Version,
        CreatedAt = State.CreatedAt,
        FinishedAt = State.FinishedAt,
        Metric = State.Metric,
        Runs = [.. State.Runs.Select((run, i) => run with { Progress = _progress.GetValueOrDefault(i) })],
    };

    private async Task PutInCatalogAsync()
    {
        var (specification, state) = (Existing(), State);
        await GrainFactory.AblationCatalog().PutAsync(new AblationEntry(
            Id,
            specification.Title,
            specification.Benchmark,
            specification.Data,
            specification.Rows.Length,
            state.Runs.Length,
            state.Runs.Count(run => run.Status == AblationRunStatus.Completed),
            state.Runs.Count(run => run.Status == AblationRunStatus.Failed),
            state.Status,
            state.CreatedAt,
            state.FinishedAt,
            specification.CreatedBy,
            state.Version));
        _listedVersion = state.Version;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ablation {AblationId} started: {Rows} rows with {Seeds} seeds each")]
    private partial void LogStarted(string ablationId, int rows, int seeds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ablation {AblationId}: {RunId} is {Status}")]
    private partial void LogRun(string ablationId, string runId, AblationRunStatus status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ablation {AblationId} ended: {Status}")]
    private partial void LogEnded(string ablationId, AblationStatus status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ablation {AblationId}: round failed; it is repeated")]
    private partial void LogRoundFailed(Exception exception, string ablationId);
}
