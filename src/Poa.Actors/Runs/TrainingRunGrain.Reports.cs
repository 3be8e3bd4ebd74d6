using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>What the scheduler and the worker tell the run.</summary>
internal sealed partial class TrainingRunGrain
{
    /// <inheritdoc/>
    public async Task<bool> LeaseGrantedAsync(WorkLease lease, CancellationToken cancellationToken = default)
    {
        if (State.Specification is not { } specification || RunGang.GenerationOf(lease) < State.Lease.FencingToken)
        {
            return false;
        }

        if (RunGang.GenerationOf(lease) == State.Lease.FencingToken)
        {
            // A repeat, or another member of a gang that is known; what has ended meanwhile is not taken up again under the same token.
            return RunGang.HoldOf(State, RunGang.RankOf(State, lease.WorkId)).IsHeldUnder(lease.FencingToken);
        }

        switch (State.Status)
        {
            case RunStatus.Queued or RunStatus.Running:
                var next = RunGang.Granted(State, lease);
                await SaveAsync(
                    next with
                    {
                        Status = RunStatus.Running,
                        Attempts = State.Attempts + 1,
                        StartedAt = State.StartedAt ?? time.GetUtcNow(),
                    },
                    specification.Shards == 1
                        ? $"Handed to {lease.Shard}."
                        : $"Handed to {next.Others.Length + 1} of {specification.Shards} shards: {string.Join(", ", RunGang.Shards(next))}.");
                await PutInCatalogAsync();
                return true;
            case RunStatus.Pausing or RunStatus.Cancelling:
                // The request to stop overtook the work on its way to the device.
                await SaveAsync(Settle(State), "Stopped before the worker began.");
                await AfterEndAsync();
                return false;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public async Task<TimeSpan?> LeaseLostAsync(
        string workId, long fencingToken, WorkError error, CancellationToken cancellationToken = default)
    {
        var rank = State.Specification is null ? -1 : RunGang.RankOf(State, workId);
        if (!RunGang.HoldOf(State, rank).IsHeldUnder(fencingToken))
        {
            // A repeat, or a lease that ended meanwhile: only a run that still wants to go on is handed out again.
            return State.Status is RunStatus.Queued or RunStatus.Running ? TimeSpan.Zero : null;
        }

        if (!State.Status.IsActive())
        {
            // The run has come to its end without this member of its gang.
            await _durable.SaveAsync(RunGang.EndOne(State, rank, LeasePhase.Lost));
            return null;
        }

        return await StopOnFaultAsync(error, rank, LeasePhase.Lost);
    }

    /// <inheritdoc/>
    public async Task<ReportReceipt> ReportAsync(WorkReport report, CancellationToken cancellationToken = default)
    {
        var rank = State.Specification is null ? -1 : RunGang.RankOf(State, report.WorkId);
        var hold = RunGang.HoldOf(State, rank);
        switch (hold.Judge(report))
        {
            case ReportStanding.Stale:
                LogRefused(Id, report.GetType().Name, report.FencingToken, hold.FencingToken, hold.Phase);
                return ReportReceipt.Refused;
            case ReportStanding.Repeated:
                return Requeue(State.Status == RunStatus.Queued ? _options.BackOff(State.Faults.All) : null);
        }

        if (report.IsTerminal && (!State.Status.IsActive() || (rank > 0 && report is CompletedReport)))
        {
            // Rank 0 speaks for the gang: what the others come to besides ends no more than their own lease.
            await _durable.SaveAsync(RunGang.EndOne(State, rank, LeasePhase.Ended));
            return ReportReceipt.Accepted;
        }

        switch (report)
        {
            case ProgressReport when rank > 0:
                return ReportReceipt.Accepted;

            case ProgressReport progress:
                _progress = progress.Progress;
                _trend = _trend.Add(progress.Progress);
                ShowInCatalog();
                _changes.Raise();
                return ReportReceipt.Accepted;

            case CheckpointReport { Checkpoint: var checkpoint }:
                await NoteCheckpointAsync(checkpoint);
                await GrowAsync(checkpoint);
                return ReportReceipt.Accepted;

            case RetireReport retire:
                return new ReportReceipt(ReportVerdict.Accepted, await RetireAsync(retire));

            case CourseReport:
                return ReportReceipt.Accepted with { Course = RunRollbacks.CourseOf(State) };

            case NoteReport note:
                await SaveAsync(State, note.Message, note.Level);
                return ReportReceipt.Accepted;

            case CompletedReport completed:
                await SaveAsync(
                    State with
                    {
                        Status = RunStatus.Completed,
                        Lease = State.Lease with { Phase = LeasePhase.Ended },
                        FinishedAt = time.GetUtcNow(),
                        Cost = completed.Completion.Cost,
                        Error = null,
                    },
                    "Completed.");
                await AfterEndAsync();
                return ReportReceipt.Accepted;

            case FailedReport { Error: { Retryable: true } error }:
                return Requeue(await StopOnFaultAsync(error, rank, LeasePhase.Ended));

            case FailedReport { Error: var error }:
                await FailAsync(RunGang.EndAll(State, rank, LeasePhase.Ended), error);
                await DisbandAsync(error);
                await AfterEndAsync();
                return ReportReceipt.Accepted;

            case DivergedReport { Divergence: var divergence }:
                return Requeue(await RollBackAsync(divergence, rank));

            case StoppedReport stopped:
                var rest = RunGang.EndOne(State, rank, LeasePhase.Ended);
                if (RunGang.IsAnyHeld(rest))
                {
                    await _durable.SaveAsync(rest);
                    await RegroupAsync();
                    return ReportReceipt.Accepted;
                }

                var next = Settle(rest);
                await SaveAsync(next, next.Status == RunStatus.Queued
                    ? WhyItWaits(stopped.Reason, hold.Shard!)
                    : $"Stopped by the worker ({stopped.Reason.ToString().ToLowerInvariant()}).");
                await AfterEndAsync();
                return Requeue(next.Status == RunStatus.Queued ? TimeSpan.Zero : null);

            default:
                // A result has no place in a training run.
                return ReportReceipt.Refused;
        }
    }

    private static string WhyItWaits(StopReason reason, string shard) => reason switch
    {
        StopReason.Drain => $"Stopped with a checkpoint: an operator drains {shard}. It waits until another worker is free, or this one is resumed.",
        StopReason.Preempt => $"Stopped with a checkpoint: work of a higher priority needs {shard}. It waits until a worker is free, and goes on.",
        StopReason.Regroup => "Stopped with a checkpoint: its shards are put together anew.",
        _ => $"Stopped by the worker ({reason.ToString().ToLowerInvariant()}).",
    };

    private static ReportReceipt Requeue(TimeSpan? after) => ReportReceipt.Accepted with { RequeueAfter = after };

    /// <summary>The state a run comes to when work on it has stopped: the one that was asked for, else it waits to go on.</summary>
    private RunState Settle(RunState state) => state.Status switch
    {
        RunStatus.Pausing => state with { Status = RunStatus.Paused },
        RunStatus.Cancelling => state with { Status = RunStatus.Cancelled, FinishedAt = time.GetUtcNow() },
        RunStatus.Running => state with { Status = RunStatus.Queued },
        _ => state,
    };

    /// <summary>A fault that another try may survive.</summary>
    /// <returns>When to try again; null if not.</returns>
    private async Task<TimeSpan?> StopOnFaultAsync(WorkError error, int rank, LeasePhase phase)
    {
        var now = time.GetUtcNow();
        var next = Settle(RunGang.EndAll(State, rank, phase) with { Faults = State.Faults.With(error, now) });
        if (next.Status == RunStatus.Queued && next.Faults.WhyNoMore(_options.MaxRunRetries + 1, _options.RunPatience, now) is { } why)
        {
            var final = error with
            {
                Message = $"{error.Message} {why}",
                Remedy = $"{error.Remedy} Then resume the run: it goes on from its last checkpoint.",
            };
            await SaveAsync(
                next with { Status = RunStatus.Failed, FinishedAt = now, Error = final }, final.ToString(), NoteLevel.Error);
        }
        else
        {
            await SaveAsync(next, error.ToString(), NoteLevel.Warning);
        }

        await DisbandAsync(error);
        await AfterEndAsync();
        return State.Status == RunStatus.Queued ? _options.BackOff(State.Faults.All) : null;
    }

    private async Task NoteCheckpointAsync(RunCheckpoint checkpoint)
    {
        // A resumed run may publish an iteration again, with the same bits; later ones then belong to a course that was cut off.
        var isNew = State.Checkpoints.IsEmpty || checkpoint.Iteration > State.Checkpoints[^1].Iteration;
        await SaveAsync(
            (isNew ? State with { Faults = FaultTally.None, Interruptions = [] } : State) with
            {
                Checkpoints = [.. State.Checkpoints.Where(c => c.Iteration != checkpoint.Iteration).Append(checkpoint).OrderBy(c => c.Iteration)],
            },
            $"Checkpoint {checkpoint.Iteration} published.");
    }

    private async Task<ImmutableArray<long>> RetireAsync(RetireReport report)
    {
        long[] lost = report.Standing.IsDefault ? [] : [.. State.Checkpoints.Select(c => c.Iteration).Except(report.Standing)];
        if (lost.Length > 0)
        {
            await SaveAsync(
                State with { Checkpoints = State.Checkpoints.RemoveAll(c => lost.Contains(c.Iteration)) },
                $"The blob store has lost the checkpoints {string.Join(", ", lost)}, which it had acknowledged.",
                NoteLevel.Warning);
        }

        var pinned = State.Pins.Values.Concat(RunRollbacks.Needed(State)).ToHashSet();
        ImmutableArray<long> retired = [.. report.Iterations.Where(iteration => !pinned.Contains(iteration))];
        if (State.Checkpoints.Any(c => retired.Contains(c.Iteration)))
        {
            // Struck off first: nobody can ask for a checkpoint while its blobs are being deleted.
            await _durable.SaveAsync(State with
            {
                Checkpoints = State.Checkpoints.RemoveAll(c => retired.Contains(c.Iteration)),
                Version = State.Version + 1,
            });
            _changes.Raise();
        }

        return retired;
    }

    /// <summary>
    /// What follows the end of work. A fault here must not make the worker think that its report was lost; as long as the reminder
    /// is there, the watchdog makes up for it.
    /// </summary>
    private async Task AfterEndAsync()
    {
        try
        {
            await PutInCatalogAsync();
            await _watchdog.SetReminderAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogWatchdogFailed(e, Id);
        }
    }
}
