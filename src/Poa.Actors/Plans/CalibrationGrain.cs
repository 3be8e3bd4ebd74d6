using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Poa.Actors;

/// <summary>A calibration: commands and queries. Reports and the watchdog are in the part <c>Work</c>.</summary>
[GrainType("calibration"), ControlPlacementFilter]
internal sealed partial class CalibrationGrain(
    [PersistentState("calibration", StorageNames.Provider)] IPersistentState<CalibrationState> storage,
    IOptions<PoaActorsOptions> options,
    TimeProvider time,
    ILogger<CalibrationGrain> logger) : Grain, ICalibrationGrain, IRemindable
{
    /// <summary>All calibrations together count as one run in the scheduler's fairness.</summary>
    private const string FairnessGroup = "calibrations";

    private readonly PoaActorsOptions _options = options.Value;
    private readonly ILogger _logger = logger;
    private DurableState<CalibrationState> _durable = null!;
    private Watchdog _watchdog = null!;

    private string Key => this.GetPrimaryKeyString();

    private CalibrationState State => _durable.Current;

    private string WorkItemId => WorkId.Calibration(Key);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = new DurableState<CalibrationState>(storage, this);
        _watchdog = new Watchdog(this, () => State.Status == JobStatus.Pending, WatchAsync, _options.ProgressSaveInterval, _options.ProgressSaveInterval);
        _watchdog.SetTimer();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<CalibrationSnapshot> StartAsync(CalibrationRequest request, CancellationToken cancellationToken = default)
    {
        if (State.Status is not (JobStatus.Completed or JobStatus.Pending))
        {
            await SaveAsync(State with
            {
                Status = JobStatus.Pending,
                Request = request,
                Error = null,
                FinishedAt = null,
                Failures = 0,
                IsCancelling = false,
            });
            await _watchdog.SetReminderAsync();
        }

        await DriveAsync();
        return Snapshot();
    }

    /// <inheritdoc/>
    public async Task<CalibrationSnapshot> CancelAsync(CancellationToken cancellationToken = default)
    {
        if (State.Status == JobStatus.None)
        {
            throw new PoaException(ErrorCodes.CalibrationNotFound, $"Calibration {Key} was not started.", "Start one with: poa train --estimate");
        }

        if (State is { Status: JobStatus.Pending, IsCancelling: false })
        {
            await SaveAsync(State with { IsCancelling = true });
        }

        await DriveAsync();
        return Snapshot();
    }

    /// <inheritdoc/>
    public Task<CalibrationSnapshot?> FindAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(State.Status == JobStatus.None ? null : Snapshot());

    private CalibrationSnapshot Snapshot() => new(
        Key,
        State.Status switch
        {
            JobStatus.Pending when State.Lease.Phase == LeasePhase.Held => CalibrationStatus.Running,
            JobStatus.Pending => CalibrationStatus.WaitingForDevice,
            JobStatus.Completed => CalibrationStatus.Completed,
            JobStatus.Cancelled => CalibrationStatus.Cancelled,
            _ => CalibrationStatus.Failed,
        },
        State.Result,
        State.Error,
        State.Attempts,
        State.FinishedAt);

    private async Task SaveAsync(CalibrationState next)
    {
        await _durable.SaveAsync(next);
        _watchdog.SetTimer();
    }
}

/// <summary>Stored state of a calibration.</summary>
internal sealed record CalibrationState
{
    public JobStatus Status { get; init; }

    public CalibrationRequest? Request { get; init; }

    public CalibrationResult? Result { get; init; }

    public WorkError? Error { get; init; }

    /// <summary>How often it was handed to a worker.</summary>
    public int Attempts { get; init; }

    /// <summary>Tries that failed for a fault of the infrastructure.</summary>
    public int Failures { get; init; }

    public bool IsCancelling { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public LeaseHold Lease { get; init; } = LeaseHold.None;
}
