namespace Poa.Actors;

/// <summary>What a sweep does by itself: claim, group, hand out, finish. Each step is safe to do twice.</summary>
internal sealed partial class EvaluationSweepGrain
{
    private const string ReminderName = "watchdog";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private IGrainTimer? _timer;
    private IGrainReminder? _reminder;

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => RoundAsync();

    private void SetTimer()
    {
        if (State is { Specification: not null, Status: SweepStatus.Running })
        {
            _timer ??= this.RegisterGrainTimer(
                RoundAsync, new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = _options.TickInterval, KeepAlive = true });
        }
        else
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    private async Task SetReminderAsync()
    {
        if (State is { Specification: not null, Status: SweepStatus.Running })
        {
            _reminder ??= await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        }
        else if ((_reminder ?? await this.GetReminder(ReminderName)) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
            _reminder = null;
        }
    }

    private async Task RoundAsync()
    {
        try
        {
            if (State.Specification is not null)
            {
                await AdvanceAsync();
                await KeepListedAsync();
                await SetReminderAsync();
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
        var recompute = Existing().Recompute;
        var answers = await Task.WhenAll(open.Select(name => Job(name).ClaimAsync(new JobClaim(Id, recompute, retried.Contains(name)))));
        var byName = open.Zip(answers).ToDictionary();
        var next = SweepPlan.Change(State, open, job => byName[job.SubNetwork] switch
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
        });
        if (!next.Jobs.SequenceEqual(State.Jobs))
        {
            var reused = answers.Count(answer => answer.Outcome == ClaimOutcome.Completed);
            await SaveAsync(SweepPlan.Group(next, time.GetUtcNow()), reused > 0 ? $"{reused} results are there already." : null);
        }
    }

    private async Task HandOutAsync()
    {
        var specification = Existing();
        var now = time.GetUtcNow();
        foreach (var batch in State.Batches)
        {
            // No effect if the scheduler has the batch already.
            await GrainFactory.Scheduler().EnqueueAsync(new WorkRequest(
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
                batch.NotBefore > now ? batch.NotBefore - now : TimeSpan.Zero));
        }
    }

    /// <summary>Takes all batches back; those that a worker has end with its report.</summary>
    private async Task WithdrawAsync()
    {
        var next = State;
        foreach (var batch in State.Batches)
        {
            if (await GrainFactory.Scheduler().WithdrawAsync(WorkId.Evaluation(Id, batch.Number), StopReason.Cancel) == WithdrawOutcome.Removed)
            {
                next = SweepPlan.RemoveBatch(next, batch.Number);
            }
        }

        var running = next.Batches.SelectMany(batch => batch.SubNetworks).ToHashSet();
        string[] given = [.. next.Jobs
            .Where(job => job.Status == JobStatus.Pending && !running.Contains(job.SubNetwork))
            .Select(job => job.SubNetwork)];
        await Task.WhenAll(given.Select(name => Job(name).GiveUpAsync(Id, JobStatus.Cancelled, null)));
        next = SweepPlan.Change(next, given, job => job with { Status = JobStatus.Cancelled });
        if (next != State)
        {
            await SaveAsync(next);
        }
    }

    private async Task FinishAsync()
    {
        if (State.Jobs.Any(job => job.Status == JobStatus.Pending) || !State.Batches.IsEmpty)
        {
            return;
        }

        var specification = Existing();
        await GrainFactory.GetGrain<ITrainingRunGrain>(specification.Run).AttachSweepAsync(Id, specification.Iteration, inUse: false);
        var status = State.IsCancelling ? SweepStatus.Cancelled
            : State.Jobs.All(job => job.Status == JobStatus.Completed) ? SweepStatus.Completed
            : SweepStatus.CompletedWithFailures;
        await SaveAsync(
            State with { Status = status, IsCancelling = false, FinishedAt = time.GetUtcNow() },
            $"{State.Jobs.Count(job => job.Status == JobStatus.Completed)} of {State.Jobs.Length} evaluations have a result.");
    }
}
