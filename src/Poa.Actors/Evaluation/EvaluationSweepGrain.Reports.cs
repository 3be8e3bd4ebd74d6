using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>What the scheduler and the worker tell the sweep.</summary>
internal sealed partial class EvaluationSweepGrain
{
    /// <inheritdoc/>
    public async Task<bool> LeaseGrantedAsync(WorkLease lease, CancellationToken cancellationToken = default)
    {
        if (Batch(lease.WorkId) is not { } batch || lease.FencingToken < batch.Lease.FencingToken)
        {
            return false;
        }

        if (batch.Lease.IsHeldUnder(lease.FencingToken))
        {
            await _books.SaveAsync(State);
            return true;
        }

        var remaining = SweepPlan.Remaining(State, batch);
        if (State.IsCancelling || remaining.IsEmpty)
        {
            // The round takes it out of the books.
            await ChangeAsync(state => SweepPlan.RemoveBatch(state, batch.Number));
            GoOn();
            return false;
        }

        await ChangeAsync(
            state => SweepPlan.Change(
                SweepPlan.ReplaceBatch(state, batch with { Lease = LeaseHold.Granted(lease) }), remaining, job => job with
                {
                    Attempts = job.Attempts + 1,
                    StartedAt = time.GetUtcNow(),
                    Shard = lease.Shard,
                }) with
            {
                Passes = state.Passes + 1,
            },
            $"Batch {batch.Number} ({remaining.Length} sub-networks) handed to {lease.Shard}.");
        GoOn();
        return true;
    }

    /// <inheritdoc/>
    public async Task<TimeSpan?> LeaseLostAsync(
        string workId, long fencingToken, WorkError error, CancellationToken cancellationToken = default)
    {
        if (Batch(workId) is not { } batch)
        {
            return null;
        }

        if (!batch.Lease.IsHeldUnder(fencingToken))
        {
            return TimeSpan.Zero;
        }

        if (State.IsCancelling)
        {
            await ChangeAsync(state => SweepPlan.RemoveBatch(state, batch.Number), error.Message, NoteLevel.Warning);
            GoOn();
            return null;
        }

        await EndBatchAsync(SweepPlan.AfterWorkerLoss(State, batch, error, _options, time.GetUtcNow()), error.ToString(), NoteLevel.Warning);
        return null;
    }

    /// <inheritdoc/>
    public async Task<ReportReceipt> ReportAsync(WorkReport report, CancellationToken cancellationToken = default)
    {
        if (Batch(report.WorkId) is not { } batch)
        {
            // Done with: a repeated last report, or one of a lease that was lost. Only the lease's own shard asks, and it has nothing left to do.
            LogRefused(Id, report.GetType().Name, report.WorkId, report.FencingToken);
            await _books.SaveAsync(State);
            return ReportReceipt.Refused;
        }

        switch (batch.Lease.Judge(report))
        {
            case ReportStanding.Stale:
                LogRefused(Id, report.GetType().Name, report.WorkId, report.FencingToken);
                return ReportReceipt.Refused;
            case ReportStanding.Repeated:
                await _books.SaveAsync(State);
                return ReportReceipt.Accepted with { RequeueAfter = TimeSpan.Zero };
        }

        switch (report)
        {
            case ProgressReport progress:
                _progress = progress.Progress;
                if (progress.Progress.StoredStates > 0)
                {
                    await ChangeAsync(state => SweepPlan.Advanced(state, batch));
                }

                _changes.Raise();
                ShowInCatalog();
                return ReportReceipt.Accepted;

            case NoteReport note:
                await ChangeAsync(state => state, note.Message, note.Level);
                return ReportReceipt.Accepted;

            case ResultReport results:
                await RecordAsync(batch, results.Results);
                return ReportReceipt.Accepted;

            case CompletedReport:
                // Anything without a result now will not get one from doing the same again.
                await EndBatchAsync(
                    SweepPlan.Change(SweepPlan.RemoveBatch(State, batch.Number), SweepPlan.Remaining(State, batch), job => job with
                    {
                        Status = JobStatus.Failed,
                        Error = new WorkError(
                            ErrorCodes.ResultMissing,
                            $"The worker finished without a result for {job.SubNetwork}.",
                            "Look at the host's log, then retry the sweep's failed evaluations."),
                    }));
                return ReportReceipt.Accepted;

            case FailedReport { Error: var error }:
                await EndBatchAsync(SweepPlan.AfterError(State, batch, error, _options, time.GetUtcNow()), error.ToString(), NoteLevel.Warning);
                return ReportReceipt.Accepted;

            case StoppedReport when State.IsCancelling:
                await EndBatchAsync(SweepPlan.RemoveBatch(State, batch.Number));
                return ReportReceipt.Accepted;

            case StoppedReport stopped:
                // The host goes down, or makes room: the same batch, without what is done, goes to the next worker.
                await EndBatchAsync(
                    SweepPlan.Group(SweepPlan.RemoveBatch(State, batch.Number), time.GetUtcNow()),
                    stopped.Reason == StopReason.Preempt ? $"Batch {batch.Number} has made room on {batch.Lease.Shard} for work of a higher priority. It goes on later." : null);
                return ReportReceipt.Accepted;

            default:
                return ReportReceipt.Refused;
        }
    }

    private SweepBatch? Batch(string workId) =>
        WorkId.BatchOf(Id, workId) is { } number ? State.Batches.FirstOrDefault(batch => batch.Number == number) : null;

    /// <summary>Results go to the jobs first; the sweep's books follow.</summary>
    private async Task RecordAsync(SweepBatch batch, ImmutableArray<EvaluationResult> results)
    {
        EvaluationResult[] wanted = [.. results.Where(result => batch.SubNetworks.Contains(result.SubNetwork))];
        var isFirst = await Task.WhenAll(wanted.Select(result => Job(result.SubNetwork).RecordAsync(Id, result)));
        var recorded = wanted.Zip(isFirst, (result, first) => (result.SubNetwork, first)).ToDictionary();

        // A job that was given up meanwhile took no result; one that has it already is as good as recorded.
        await ChangeAsync(state => wanted.Length == 0 ? state : SweepPlan.Advanced(
            SweepPlan.Change(state, recorded.Keys, job => recorded[job.SubNetwork] || job.Status == JobStatus.Pending
                ? job with { Status = JobStatus.Completed, Error = null }
                : job),
            batch));
    }

    /// <summary>Takes up what a batch came to, tells the jobs that ended without a result, stores it, and goes on with the rest.</summary>
    private async Task EndBatchAsync(SweepState next, string? message = null, NoteLevel level = NoteLevel.Information)
    {
        var pending = State.Jobs.Where(job => job.Status == JobStatus.Pending).Select(job => job.SubNetwork).ToHashSet();
        var stored = ChangeAsync(_ => next, message, level);
        await Task.WhenAll(next.Jobs.Where(job => job.Status is JobStatus.Failed or JobStatus.Quarantined && pending.Contains(job.SubNetwork)).Select(TellAsync));
        await stored;
        GoOn();
    }
}
