using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Poa.Actors;

/// <summary>An extraction: commands and queries. Reports and the watchdog are in the part <c>Work</c>.</summary>
[GrainType("extraction-job"), ControlPlacementFilter]
internal sealed partial class ExtractionJobGrain(
    [PersistentState("extraction", StorageNames.Provider)] IPersistentState<ExtractionState> storage,
    IOptions<PoaActorsOptions> options,
    TimeProvider time,
    ILogger<ExtractionJobGrain> logger) : Grain, IExtractionJobGrain, IRemindable
{
    private readonly PoaActorsOptions _options = options.Value;
    private readonly ILogger _logger = logger;
    private readonly ChangeSignal _changes = new();
    private DurableState<ExtractionState> _durable = null!;
    private Watchdog _watchdog = null!;

    private ExtractionKey Key => ExtractionKey.Parse(this.GetPrimaryKeyString());

    private ExtractionState State => _durable.Current;

    private string WorkItemId => WorkId.Extraction(Key);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = new DurableState<ExtractionState>(storage, this);
        _watchdog = new Watchdog(this, () => State.Status == JobStatus.Pending, WatchAsync, _options.ProgressSaveInterval, _options.ProgressSaveInterval);
        _watchdog.SetTimer();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<ExtractionSnapshot> StartAsync(CancellationToken cancellationToken = default)
    {
        if (State.Status is not (JobStatus.Completed or JobStatus.Pending))
        {
            var runGrain = GrainFactory.GetGrain<ITrainingRunGrain>(Key.Run);
            var run = await runGrain.FindAsync(cancellationToken) ?? throw new PoaException(
                ErrorCodes.RunNotFound, $"There is no run {Key.Run}.", "List the runs with: poa runs");
            await runGrain.AttachExtractionAsync(Key, inUse: true, CancellationToken.None);
            await SaveAsync(State with
            {
                Status = JobStatus.Pending,
                ConfigurationYaml = run.Specification.ConfigurationYaml,
                Error = null,
                FinishedAt = null,
                Failures = 0,
                WorkerLosses = 0,
                IsCancelling = false,
            });
            await _watchdog.SetReminderAsync();
        }

        await DriveAsync();
        return Snapshot();
    }

    /// <inheritdoc/>
    public async Task<ExtractionSnapshot> CancelAsync(CancellationToken cancellationToken = default)
    {
        if (State.Status == JobStatus.None)
        {
            throw new PoaException(ErrorCodes.ExtractionNotFound, $"Extraction {Key} was not started.", "Start it with: poa extract");
        }

        if (State is { Status: JobStatus.Pending, IsCancelling: false })
        {
            await SaveAsync(State with { IsCancelling = true });
        }

        await DriveAsync();
        return Snapshot();
    }

    /// <inheritdoc/>
    public Task<ExtractionSnapshot> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(Snapshot());

    /// <inheritdoc/>
    public IAsyncEnumerable<ExtractionSnapshot> WatchAsync(CancellationToken cancellationToken = default) => _changes.FollowAsync(
        () => Task.FromResult(Snapshot()), _ => true, snapshot => snapshot.Status != JobStatus.Pending, _ => Task.CompletedTask, cancellationToken);

    private ExtractionSnapshot Snapshot() => new(State.Status, State.Model, State.Error, State.Attempts, State.FinishedAt);

    private async Task SaveAsync(ExtractionState next)
    {
        await _durable.SaveAsync(next);
        _watchdog.SetTimer();
        _changes.Raise();
    }
}

/// <summary>Stored state of an extraction.</summary>
internal sealed record ExtractionState
{
    public JobStatus Status { get; init; }

    public string ConfigurationYaml { get; init; } = "";

    public ExtractedModel? Model { get; init; }

    public WorkError? Error { get; init; }

    /// <summary>How often it was handed to a worker.</summary>
    public int Attempts { get; init; }

    /// <summary>Tries that failed for a fault of the infrastructure.</summary>
    public int Failures { get; init; }

    /// <summary>Tries in which the worker process was lost.</summary>
    public int WorkerLosses { get; init; }

    public bool IsCancelling { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public LeaseHold Lease { get; init; } = LeaseHold.None;
}
