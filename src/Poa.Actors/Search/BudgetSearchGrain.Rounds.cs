using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Actors;

/// <summary>What a search does by itself: look up what is known, decide, have it measured, take it up. Each step is safe to do twice.</summary>
internal sealed partial class BudgetSearchGrain
{
    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => RoundAsync();

    private async Task RoundAsync()
    {
        try
        {
            if (State.Specification is null)
            {
                return;
            }

            try
            {
                while (await AdvanceAsync())
                {
                }
            }
            catch (PoaException e) when (!e.Error.Retryable)
            {
                await EndAsync(SearchStatus.Failed, step: null, e.Error);
            }

            if (State.Status != SearchStatus.Running)
            {
                await PutInCatalogAsync();
            }

            await _watchdog.SetReminderAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogRoundFailed(e, Id);
        }
    }

    /// <summary>One step.</summary>
    /// <returns>True if another can follow at once; false if something has to happen first.</returns>
    private async Task<bool> AdvanceAsync()
    {
        if (State.Status != SearchStatus.Running)
        {
            return false;
        }

        if (State.Open is { } open)
        {
            return await FollowAsync(open);
        }

        if (State.IsCancelling)
        {
            await EndAsync(SearchStatus.Cancelled, step: null, error: null);
            return false;
        }

        if (!State.Findings.HasLooked)
        {
            await LookAsync();
            return true;
        }

        await DecideAsync();
        return State.Status == SearchStatus.Running;
    }

    /// <summary>Takes up what is stored of the whole grid.</summary>
    private async Task LookAsync()
    {
        var specification = Existing();
        var limitsLatency = specification.Budget.LatencyMilliseconds is not null;
        var results = await StoredAsync(specification.JobOf);
        var latencies = limitsLatency ? await StoredAsync(specification.LatencyJobOf) : [];
        await SaveAsync(State with { Findings = State.Findings.WithStored(specification, results, latencies) });
    }

    private async Task<IEnumerable<EvaluationResult>> StoredAsync(Func<string, EvaluationKey> keyOf)
    {
        var jobs = await Task.WhenAll(Plan.Names.Select(name => GrainFactory.GetGrain<IEvaluationJobGrain>(keyOf(name).ToString()).GetAsync()));
        return jobs.Select(job => job.Result).OfType<EvaluationResult>().Where(result => result.IsOf(State.CheckpointSha256));
    }

    /// <summary>Decides on the next sweep and notes it, or ends.</summary>
    private async Task DecideAsync()
    {
        var (plan, findings) = (Plan, State.Findings);
        var move = await Task.Run(() => plan.Next(findings));
        if (move.IsEnd)
        {
            await EndAsync(SearchStatus.Completed, move.Step, error: null);
            return;
        }

        ImmutableArray<string> names = [.. move.SubNetworks.Select(cell => cell.ToString())];
        var round = new SearchRound(
            SearchId.SweepOf(Id, State.Rounds.Length + 1), move.Step == SearchStep.Evaluate ? Existing().Benchmark : Benchmarks.Latency, names, IsFinished: false);
        LogRound(Id, move.Step, string.Join(' ', names), round.SweepId);
        await SaveAsync(State with { Rounds = State.Rounds.Add(round) });
    }

    /// <summary>Starts the sweep if it is not, stops it if it is to be stopped, and takes up its results once it has ended.</summary>
    private async Task<bool> FollowAsync(SearchRound round)
    {
        var grain = GrainFactory.GetGrain<IEvaluationSweepGrain>(round.SweepId);
        var sweep = await grain.FindAsync();
        if (sweep is null && State.IsCancelling)
        {
            await SaveAsync(State with { Rounds = State.Rounds.RemoveAt(State.Rounds.Length - 1) });
            return true;
        }

        sweep ??= await grain.StartAsync(SpecificationOf(round));
        if (State.IsCancelling && !sweep.IsFinished)
        {
            sweep = await grain.CancelAsync();
        }

        if (!sweep.IsFinished)
        {
            ShowProgress(sweep.Progress);
            return false;
        }

        await TakeUpAsync(round, sweep, await grain.GetResultsAsync());
        return true;
    }

    private async Task TakeUpAsync(SearchRound round, SweepSnapshot sweep, ImmutableArray<EvaluationResult> results)
    {
        ShowProgress(null);
        if (results.Any(result => !result.IsOf(State.CheckpointSha256)))
        {
            throw new PoaException(
                ErrorCodes.CheckpointNotFound,
                $"Checkpoint {Existing().Iteration} of {Existing().Run} was trained anew after a rollback; figures do not compare.",
                "Start a new search.");
        }

        var wasCancelled = sweep.Status == SweepStatus.Cancelled;
        // What was cancelled has not failed.
        var findings = State.Findings.WithSweep(Existing(), wasCancelled ? sweep with { Jobs = [.. sweep.Jobs.Where(job => job.Status != JobStatus.Cancelled)] } : sweep, results);
        await SaveAsync(State with
        {
            Findings = findings,
            Rounds = State.Rounds.SetItem(State.Rounds.Length - 1, round with { IsFinished = true }),
            // Whoever cancels the sweep of a search does not want it to go on.
            IsCancelling = State.IsCancelling || wasCancelled,
        });
        if (results.IsEmpty && !wasCancelled && findings.Metrics.IsEmpty)
        {
            // The first of all: more of the same would end likewise.
            await EndAsync(SearchStatus.Failed, step: null, sweep.Jobs.Select(job => job.Error).OfType<WorkError>().FirstOrDefault());
        }
    }

    private SweepSpecification SpecificationOf(SearchRound round)
    {
        var specification = Existing();
        var isLatency = round.Benchmark == Benchmarks.Latency;
        return new SweepSpecification
        {
            SweepId = round.SweepId,
            Run = specification.Run,
            Iteration = specification.Iteration,
            Benchmark = round.Benchmark,
            Data = isLatency ? EvaluationData.None : specification.Data,
            SubNetworks = round.SubNetworks,
            Options = isLatency ? specification.LatencyOptions : specification.Options,
            Priority = specification.Priority,
            CreatedBy = specification.CreatedBy,
        };
    }

    private void ShowProgress(WorkProgress? progress)
    {
        if (_progress != progress)
        {
            _progress = progress;
            _changes.Raise();
        }
    }

    private async Task EndAsync(SearchStatus status, SearchStep? step, WorkError? error)
    {
        var specification = Existing();
        await GrainFactory.GetGrain<ITrainingRunGrain>(specification.Run).AttachSearchAsync(Id, specification.Iteration, inUse: false);
        await SaveAsync(State with { Status = status, Ended = step, Error = error, IsCancelling = false, FinishedAt = time.GetUtcNow() });
        LogEnded(Id, status, step);
    }
}
