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
            return true;
        }

        var remaining = SweepPlan.Remaining(State, batch);
        if (State.IsCancelling || remaining.IsEmpty)
        {
            // The round takes it out of the books.
            await SaveAsync(SweepPlan.RemoveBatch(State, batch.Number));
            await RoundAsync();
            return false;
        }

        await SaveAsync(
            SweepPlan.Change(
                SweepPlan.ReplaceBatch(State, batch with { Lease = LeaseHold.Granted(lease) }), remaining, job => job with
                {
                    Attempts = job.Attempts + 1,
                    StartedAt = time.GetUtcNow(),
                    Shard = lease.Shard,
                }) with
            {
                Passes = State.Passes + 1,
            },
            $"Batch {batch.Number} ({remaining.Length} sub-networks) handed to {lease.Shard}.");
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
            await SaveAsync(SweepPlan.RemoveBatch(State, batch.Number), error.Message, NoteLevel.Warning);
            await RoundAsync();
            return null;
        }

        await GoOnAsync(SweepPlan.AfterWorkerLoss(State, batch, error, _options, time.GetUtcNow()), error);
        return null;
    }

    /// <inheritdoc/>
    public async Task<ReportReceipt> ReportAsync(WorkReport report, CancellationToken cancellationToken = default)
    {
        if (Batch(report.WorkId) is not { } batch)
        {
            // Done with: a repeated last report, or one of a lease that was lost. Only the lease's own shard asks, and it has nothing left to do.
            LogRefused(Id, report.GetType().Name, report.WorkId, report.FencingToken);
            return ReportReceipt.Refused;
        }

        switch (batch.Lease.Judge(report))
        {
            case ReportStanding.Stale:
                LogRefused(Id, report.GetType().Name, report.WorkId, report.FencingToken);
                return ReportReceipt.Refused;
            case ReportStanding.Repeated:
                return ReportReceipt.Accepted with { RequeueAfter = TimeSpan.Zero };
        }

        switch (report)
        {
            case ProgressReport progress:
                _progress = progress.Progress;
                if (progress.Progress.StoredStates > 0)
                {
                    await SaveIfChangedAsync(SweepPlan.Advanced(State, batch));
                }

                _changes.Raise();
                ShowInCatalog();
                return ReportReceipt.Accepted;

            case NoteReport note:
                await SaveAsync(State, note.Message, note.Level);
                return ReportReceipt.Accepted;

            case ResultReport results:
                await RecordAsync(batch, results.Results);
                return ReportReceipt.Accepted;

            case CompletedReport:
                // Anything without a result now will not get one from doing the same again.
                await GoOnAsync(
                    SweepPlan.Change(SweepPlan.RemoveBatch(State, batch.Number), SweepPlan.Remaining(State, batch), job => job with
                    {
                        Status = JobStatus.Failed,
                        Error = new WorkError(
                            ErrorCodes.ResultMissing,
                            $"The worker finished without a result for {job.SubNetwork}.",
                            "Look at the host's log, then retry the sweep's failed evaluations."),
                    }),
                    error: null);
                return ReportReceipt.Accepted;

            case FailedReport { Error: var error }:
                await GoOnAsync(SweepPlan.AfterError(State, batch, error, _options, time.GetUtcNow()), error);
                return ReportReceipt.Accepted;

            case StoppedReport when State.IsCancelling:
                await SaveAsync(SweepPlan.RemoveBatch(State, batch.Number));
                await RoundAsync();
                return ReportReceipt.Accepted;

            case StoppedReport:
                // The host goes down in an orderly way, or is drained: the same batch, without what is done, goes to the next worker.
                await GoOnAsync(
                    SweepPlan.Group(SweepPlan.RemoveBatch(State, batch.Number), time.GetUtcNow()), error: null);
                return ReportReceipt.Accepted;

            default:
                return ReportReceipt.Refused;
        }
    }

    private SweepBatch? Batch(string workId) => State.Batches.FirstOrDefault(batch => WorkId.Evaluation(Id, batch.Number) == workId);

    /// <summary>Results go to the jobs first; the sweep's books follow.</summary>
    private async Task RecordAsync(SweepBatch batch, ImmutableArray<EvaluationResult> results)
    {
        EvaluationResult[] wanted = [.. results.Where(result => batch.SubNetworks.Contains(result.SubNetwork))];
        await Task.WhenAll(wanted.Select(result => Job(result.SubNetwork).RecordAsync(Id, result)));
        var next = SweepPlan.Change(State, [.. wanted.Select(result => result.SubNetwork)], job => job with { Status = JobStatus.Completed, Error = null });
        await SaveIfChangedAsync(wanted.Length > 0 ? SweepPlan.Advanced(next, batch) : next);
    }

    private async Task SaveIfChangedAsync(SweepState next)
    {
        if (!next.Jobs.SequenceEqual(State.Jobs))
        {
            await SaveAsync(next);
        }
    }

    /// <summary>Stores what a batch came to, tells the jobs that ended without a result, and goes on with the rest.</summary>
    private async Task GoOnAsync(SweepState next, WorkError? error)
    {
        var ended = next.Jobs.Where(job =>
            job.Status is JobStatus.Failed or JobStatus.Quarantined && State.Jobs.Any(old => old.SubNetwork == job.SubNetwork && old.Status == JobStatus.Pending));
        await Task.WhenAll(ended.Select(job => Job(job.SubNetwork).GiveUpAsync(Id, job.Status, job.Error)));
        await SaveAsync(next, error?.ToString(), error is null ? NoteLevel.Information : NoteLevel.Warning);
        await RoundAsync();
    }
}
