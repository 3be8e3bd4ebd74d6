namespace Poa.Actors;

/// <summary>What a sweep does by itself: claim, group, hand out, finish. Each step is safe to do twice.</summary>
internal sealed partial class EvaluationSweepGrain
{
    /// <summary>Batches that wait in the scheduler's queue at most: enough for every worker that becomes free, and few enough to keep its books small.</summary>
    private const int Ahead = 32;

    /// <summary>Batches that the scheduler was given in this life of the grain.</summary>
    private readonly HashSet<int> _handedOut = [];
    private long _givenAgainAt;
    private bool _isRoundDue;

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => RoundInTurnAsync();

    /// <summary>Has a round follow, after what is under way; the caller does not wait for it. Several that are due are one.</summary>
    private void GoOn()
    {
        if (!_isRoundDue)
        {
            _isRoundDue = true;
            _ = RoundInTurnAsync();
        }
    }

    private Task RoundInTurnAsync() => InTurnAsync(() =>
    {
        _isRoundDue = false;
        return RoundAsync();
    });

    private async Task RoundAsync()
    {
        try
        {
            if (State.Specification is not null)
            {
                await AdvanceAsync();
                await KeepListedAsync();
                await _watchdog.SetReminderAsync();
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogRoundFailed(e, Id);
        }
    }

    private async Task AdvanceAsync()
    {
        if (State.Status != SweepStatus.Running)
        {
            return;
        }

        if (State.IsCancelling)
        {
            await WithdrawAsync();
        }
        else
        {
            await ClaimAsync();
            await HandOutAsync();
        }

        await FinishAsync();
    }

    /// <summary>Asks the jobs for what is stored already, and for the right to compute the rest.</summary>
    private async Task ClaimAsync()
    {
        string[] open = [.. State.Jobs.Where(job => job is { Status: JobStatus.Pending, IsClaimed: false }).Select(job => job.SubNetwork)];
        if (open.Length == 0)
        {
            return;
        }

        var retried = State.Jobs.Where(job => job.RetryFailed).Select(job => job.SubNetwork).ToHashSet();
        var (recompute, weights) = (Existing().Recompute, State.CheckpointSha256);
        var answers = await Task.WhenAll(open.Select(name => Job(name).ClaimAsync(new JobClaim(Id, recompute, retried.Contains(name), weights))));
        var byName = open.Zip(answers).ToDictionary();
        SweepJobState Answered(SweepJobState job) => byName[job.SubNetwork] switch
        {
            { Outcome: ClaimOutcome.Completed } answer => job with
            {
                Status = JobStatus.Completed,
                IsReused = answer.Job.Sweep != Id,
                FinishedAt = answer.Job.FinishedAt,
            },
            { Outcome: ClaimOutcome.Compute } => job with { IsClaimed = true },
            { Outcome: ClaimOutcome.Refused } answer => job with { Status = answer.Job.Status, Error = answer.Job.Error },
            _ => job, // computed elsewhere: asked again in the next round
        };
        if (answers.Any(answer => answer.Outcome != ClaimOutcome.Elsewhere))
        {
            var reused = answers.Count(answer => answer.Outcome == ClaimOutcome.Completed);
            await ChangeAsync(
                state => SweepPlan.Group(SweepPlan.Change(state, open, Answered), time.GetUtcNow()),
                reused > 0 ? $"{reused} results are there already." : null);
        }
    }

    /// <summary>
    /// Keeps the scheduler supplied. It is given a batch once, and now and then everything that it should have: no effect if it has it.
    /// </summary>
    private async Task HandOutAsync()
    {
        var (specification, now) = (Existing(), time.GetUtcNow());
        var isAgain = time.GetElapsedTime(_givenAgainAt) >= _options.ProgressSaveInterval;
        var held = State.Batches.Count(batch => batch.Lease.Phase == LeasePhase.Held);
        var due = State.Batches.Take(held + Ahead).Where(batch => isAgain || !_handedOut.Contains(batch.Number)).ToList();
        if (isAgain)
        {
            _givenAgainAt = time.GetTimestamp();
            _handedOut.IntersectWith(State.Batches.Select(batch => batch.Number));
        }

        if (due.Count == 0)
        {
            return;
        }

        await GrainFactory.Scheduler().EnqueueAllAsync([.. due.Select(batch => new WorkRequest(
            WorkId.Evaluation(Id, batch.Number),
            new EvaluationWork(
                specification.Run,
                specification.Iteration,
                specification.Benchmark,
                specification.Data,
                specification.Options,
                SweepPlan.Remaining(State, batch),
                State.ConfigurationYaml,
                specification.Recompute),
            new WorkOwner(WorkOwnerKind.Sweep, Id),
            specification.Priority,
            _options.UpToLongest(batch.NotBefore - now)))]);
        _handedOut.UnionWith(due.Select(batch => batch.Number));
    }

    /// <summary>Takes all batches back; those that a worker has end with its report.</summary>
    private async Task WithdrawAsync()
    {
        var removed = new List<int>();
        foreach (var batch in State.Batches)
        {
            if (await GrainFactory.Scheduler().WithdrawAsync(WorkId.Evaluation(Id, batch.Number), StopReason.Cancel) == WithdrawOutcome.Removed)
            {
                removed.Add(batch.Number);
            }
        }

        var running = State.Batches.Where(batch => !removed.Contains(batch.Number)).SelectMany(batch => batch.SubNetworks).ToHashSet();
        string[] given = [.. State.Jobs
            .Where(job => job.Status == JobStatus.Pending && !running.Contains(job.SubNetwork))
            .Select(job => job.SubNetwork)];
        await Task.WhenAll(given.Select(name => Job(name).GiveUpAsync(Id, JobStatus.Cancelled, null)));
        await ChangeAsync(state => removed.Count == 0 && given.Length == 0
            ? state
            : SweepPlan.Change(
                removed.Aggregate(state, SweepPlan.RemoveBatch),
                given,
                job => job.Status == JobStatus.Pending ? job with { Status = JobStatus.Cancelled } : job));
    }

    private async Task FinishAsync()
    {
        if (State.Jobs.Any(job => job.Status == JobStatus.Pending) || !State.Batches.IsEmpty)
        {
            return;
        }

        // They were told when it happened; a crash may have come between.
        await Task.WhenAll(State.Jobs.Where(job => job.Status is JobStatus.Failed or JobStatus.Quarantined).Select(TellAsync));
        var specification = Existing();
        await GrainFactory.GetGrain<ITrainingRunGrain>(specification.Run).AttachSweepAsync(Id, specification.Iteration, inUse: false);
        var status = State.IsCancelling ? SweepStatus.Cancelled
            : State.Jobs.All(job => job.Status == JobStatus.Completed) ? SweepStatus.Completed
            : SweepStatus.CompletedWithFailures;
        await ChangeAsync(
            state => state with { Status = status, IsCancelling = false, FinishedAt = time.GetUtcNow() },
            $"{State.Jobs.Count(job => job.Status == JobStatus.Completed)} of {State.Jobs.Length} evaluations have a result.");
    }

    /// <summary>Tells a job that it ended without a result.</summary>
    private Task TellAsync(SweepJobState job) => Job(job.SubNetwork).GiveUpAsync(Id, job.Status, job.Error);
}
