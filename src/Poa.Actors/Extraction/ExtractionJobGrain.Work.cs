using Microsoft.Extensions.Logging;

namespace Poa.Actors;

/// <summary>Reports on an extraction, and its watchdog.</summary>
internal sealed partial class ExtractionJobGrain
{
    /// <inheritdoc/>
    public async Task<bool> LeaseGrantedAsync(WorkLease lease, CancellationToken cancellationToken = default)
    {
        var isHeld = State.Lease.IsHeldUnder(lease.FencingToken);
        if (State.Status != JobStatus.Pending || State.IsCancelling || (!isHeld && lease.FencingToken <= State.Lease.FencingToken))
        {
            // Not wanted, or a lease that has ended: under its token no worker would begin anew.
            return false;
        }

        if (!isHeld)
        {
            await SaveAsync(State with { Lease = LeaseHold.Granted(lease), Attempts = State.Attempts + 1 });
        }

        return true;
    }

    /// <inheritdoc/>
    public async Task<TimeSpan?> LeaseLostAsync(
        string workId, long fencingToken, WorkError error, CancellationToken cancellationToken = default) =>
        State.Lease.IsHeldUnder(fencingToken)
            ? await AfterLossAsync(error)
            : State is { Status: JobStatus.Pending, IsCancelling: false } ? TimeSpan.Zero : null;

    /// <inheritdoc/>
    public async Task<ReportReceipt> ReportAsync(WorkReport report, CancellationToken cancellationToken = default)
    {
        switch (State.Lease.Judge(report))
        {
            case ReportStanding.Stale:
                LogRefused(this.GetPrimaryKeyString(), report.GetType().Name, report.FencingToken);
                return ReportReceipt.Refused;
            case ReportStanding.Repeated:
                return Requeue(State.Status == JobStatus.Pending ? TimeSpan.Zero : null);
        }

        switch (report)
        {
            case ProgressReport or NoteReport:
                return ReportReceipt.Accepted;

            case CompletedReport { Completion.Model: { } model }:
                await EndAsync(JobStatus.Completed, LeasePhase.Ended, error: null, model);
                return ReportReceipt.Accepted;

            case CompletedReport:
                await EndAsync(JobStatus.Failed, LeasePhase.Ended, new WorkError(
                    ErrorCodes.ResultMissing, "The worker finished without naming the files it published.", "Look at the host's log, then extract again."));
                return ReportReceipt.Accepted;

            case FailedReport { Error: { Retryable: true } error }:
                return Requeue(await AfterFaultAsync(error, LeasePhase.Ended));

            case FailedReport { Error: var error }:
                await EndAsync(JobStatus.Failed, LeasePhase.Ended, error);
                return ReportReceipt.Accepted;

            case StoppedReport when State.IsCancelling:
                await EndAsync(JobStatus.Cancelled, LeasePhase.Ended, error: null);
                return ReportReceipt.Accepted;

            case StoppedReport:
                await SaveAsync(State with { Lease = State.Lease with { Phase = LeasePhase.Ended } });
                return Requeue(TimeSpan.Zero);

            default:
                return ReportReceipt.Refused;
        }
    }

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => WatchAsync();

    private static ReportReceipt Requeue(TimeSpan? after) => ReportReceipt.Accepted with { RequeueAfter = after };

    /// <summary>The worker ended while it had this: tried once more, and quarantined if that ends the same way.</summary>
    private async Task<TimeSpan?> AfterLossAsync(WorkError error)
    {
        var losses = State.WorkerLosses + 1;
        if (losses < _options.WorkerLossLimit || State.IsCancelling)
        {
            await SaveAsync(State with { WorkerLosses = losses });
            return await AfterFaultAsync(error, LeasePhase.Lost);
        }

        var log = new WorkLogName(State.Lease.FencingToken, WorkItemId, State.Lease.Shard ?? "");
        await EndAsync(JobStatus.Quarantined, LeasePhase.Lost, new WorkError(
            ErrorCodes.Quarantined,
            $"The worker ended {losses} times while it extracted this. {error.Message}",
            $"Look for the cause (often memory) in the log of its last try, {log}: poa logs {Key.Run}. Then extract again."));
        return null;
    }

    /// <summary>Tries again, up to the limit.</summary>
    private async Task<TimeSpan?> AfterFaultAsync(WorkError error, LeasePhase phase)
    {
        var failures = State.Failures + 1;
        if (State.IsCancelling)
        {
            await EndAsync(JobStatus.Cancelled, phase, error: null);
            return null;
        }

        if (failures >= _options.MaxJobAttempts)
        {
            await EndAsync(JobStatus.Failed, phase, error);
            return null;
        }

        await SaveAsync(State with { Lease = State.Lease with { Phase = phase }, Failures = failures });
        return _options.BackOff(failures);
    }

    private async Task EndAsync(JobStatus status, LeasePhase phase, WorkError? error, ExtractedModel? model = null)
    {
        await SaveAsync(State with
        {
            Status = status,
            Lease = State.Lease with { Phase = phase },
            Error = error,
            Model = model,
            IsCancelling = false,
            FinishedAt = time.GetUtcNow(),
        });
        Instruments.JobEnded(WorkId.ExtractionKind, status);
        await WatchAsync();
    }

    private async Task DriveAsync()
    {
        if (State is { Status: JobStatus.Pending, IsCancelling: false })
        {
            // No effect if the scheduler has the work already.
            await GrainFactory.Scheduler().EnqueueAsync(new WorkRequest(
                WorkItemId,
                new ExtractionWork(Key.Run, Key.Iteration, Key.SubNetwork, State.ConfigurationYaml),
                new WorkOwner(WorkOwnerKind.Extraction, this.GetPrimaryKeyString())));
        }
        else if (State is { Status: JobStatus.Pending, IsCancelling: true } &&
            await GrainFactory.Scheduler().WithdrawAsync(WorkItemId, StopReason.Cancel) == WithdrawOutcome.Removed)
        {
            await EndAsync(JobStatus.Cancelled, LeasePhase.Ended, error: null);
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await DriveAsync();
            if (State.Status is not (JobStatus.None or JobStatus.Pending))
            {
                await GrainFactory.GetGrain<ITrainingRunGrain>(Key.Run).AttachExtractionAsync(Key, inUse: false);
            }

            await _watchdog.SetReminderAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogRoundFailed(e, this.GetPrimaryKeyString());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Extraction {Key}: {Report} under fencing token {Token} refused")]
    private partial void LogRefused(string key, string report, long token);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Extraction {Key}: watchdog round failed; it is repeated")]
    private partial void LogRoundFailed(Exception exception, string key);
}
