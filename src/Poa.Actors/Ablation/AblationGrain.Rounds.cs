using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>What an ablation does by itself: brings each run from one state to the next, as far as it has come. Each step is safe to do twice.</summary>
internal sealed partial class AblationGrain
{
    private const string ReminderName = "watchdog";

    /// <summary>Label of its runs that names it.</summary>
    private const string Label = "ablation";

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private IGrainTimer? _timer;
    private IGrainReminder? _reminder;
    private long _listedVersion;

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => RoundAsync();

    private void SetTimer()
    {
        if (State is { Specification: not null, Status: AblationStatus.Running })
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
        if (State.Status == AblationStatus.Running)
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
            if (State.Specification is null)
            {
                return;
            }

            if (State.Status == AblationStatus.Running)
            {
                for (var i = 0; i < State.Runs.Length; i++)
                {
                    await AdvanceAsFarAsItGoesAsync(i);
                }

                if (State.Runs.All(run => run.IsFinished))
                {
                    await EndAsync();
                }
            }

            if (_listedVersion != State.Version)
            {
                await PutInCatalogAsync();
            }

            await SetReminderAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogRoundFailed(e, Id);
        }
    }

    private async Task AdvanceAsFarAsItGoesAsync(int i)
    {
        try
        {
            while (await AdvanceAsync(i))
            {
            }
        }
        catch (PoaException e) when (!e.Error.Retryable)
        {
            // Its own fault; the others go on.
            await ChangeAsync(i, State.Runs[i] with { Status = AblationRunStatus.Failed, Error = e.Error });
        }
    }

    /// <summary>One step of one run.</summary>
    /// <returns>True if another can follow at once; false if something has to happen first.</returns>
    private Task<bool> AdvanceAsync(int i) => State.Runs[i].Status switch
    {
        AblationRunStatus.Waiting => BeginAsync(i),
        AblationRunStatus.Training => TrainAsync(i),
        AblationRunStatus.Evaluating => EvaluateAsync(i),
        _ => Task.FromResult(false),
    };

    /// <summary>Creates and queues the run.</summary>
    private async Task<bool> BeginAsync(int i)
    {
        var run = State.Runs[i];
        var grain = GrainFactory.GetGrain<ITrainingRunGrain>(run.Run);
        var found = await grain.FindAsync();
        if (found is null && State.IsCancelling)
        {
            return await ChangeAsync(i, run with { Status = AblationRunStatus.Cancelled });
        }

        if (found is not null && found.Specification.Labels.GetValueOrDefault(Label) != Id)
        {
            throw new PoaException(ErrorCodes.RunExists, $"Run {run.Run} exists already and is not of this ablation.", "Start the ablation with another id.");
        }

        // Created once and for all: a later version of the program may write the same configuration in other words.
        found ??= await grain.CreateAsync(SpecificationOf(run));
        if (found.Status == RunStatus.Created && !State.IsCancelling)
        {
            await grain.StartAsync();
        }

        return await ChangeAsync(i, run with { Status = AblationRunStatus.Training });
    }

    /// <summary>Waits for the end of the training.</summary>
    private async Task<bool> TrainAsync(int i)
    {
        var run = State.Runs[i];
        var grain = GrainFactory.GetGrain<ITrainingRunGrain>(run.Run);
        var training = await grain.FindAsync() ?? throw new PoaException(ErrorCodes.RunNotFound, $"There is no run {run.Run} any more.", "Start another ablation.");
        if (State.IsCancelling && !training.Status.IsFinished())
        {
            training = await grain.CancelAsync();
        }

        switch (training.Status)
        {
            case RunStatus.Completed when State.IsCancelling:
            case RunStatus.Cancelled:
                return await ChangeAsync(i, run with { Status = AblationRunStatus.Cancelled });
            case RunStatus.Completed:
                return await ChangeAsync(i, run with
                {
                    Status = AblationRunStatus.Evaluating,
                    Iteration = training.LatestCheckpoint?.Iteration
                        ?? throw new PoaException(ErrorCodes.CheckpointNotFound, $"Run {run.Run} has no checkpoint.", "Look at the run for what became of them."),
                });
            case RunStatus.Failed:
                return await ChangeAsync(i, run with { Status = AblationRunStatus.Failed, Error = training.Error });
            default:
                if (run.Training != training.Status)
                {
                    await ChangeAsync(i, run with { Training = training.Status });
                }

                ShowProgress(i, training.Progress);
                return false;
        }
    }

    /// <summary>Starts the sweep if it is not, stops it if it is to be stopped, and takes up its results once it has ended.</summary>
    private async Task<bool> EvaluateAsync(int i)
    {
        var run = State.Runs[i];
        var grain = GrainFactory.GetGrain<IEvaluationSweepGrain>(run.Sweep);
        var sweep = await grain.FindAsync();
        if (sweep is null && State.IsCancelling)
        {
            return await ChangeAsync(i, run with { Status = AblationRunStatus.Cancelled });
        }

        sweep ??= await grain.StartAsync(SweepOf(run));
        if (State.IsCancelling && !sweep.IsFinished)
        {
            sweep = await grain.CancelAsync();
        }

        if (!sweep.IsFinished)
        {
            ShowProgress(i, sweep.Progress);
            return false;
        }

        return await TakeUpAsync(i, run, sweep, await grain.GetResultsAsync());
    }

    private Task<bool> TakeUpAsync(int i, AblationRun run, SweepSnapshot sweep, ImmutableArray<EvaluationResult> results)
    {
        var metric = State.Metric ?? (results.IsEmpty ? null : results[0].Headline);
        if (results.FirstOrDefault(result => !result.Metrics.ContainsKey(metric!)) is { } other)
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument,
                $"The results of {sweep.Specification.Benchmark} have no figure '{metric}'.",
                $"Measure by one of {string.Join(", ", other.Metrics.Keys)}.");
        }

        var figures = results.Where(result => double.IsFinite(result.Metrics[metric!])).ToImmutableSortedDictionary(result => result.SubNetwork, result => result.Metrics[metric!]);
        var missing = sweep.Jobs.FirstOrDefault(job => !figures.ContainsKey(job.SubNetwork));
        return ChangeAsync(i, run with
        {
            Status = missing is null ? AblationRunStatus.Completed : sweep.Status == SweepStatus.Cancelled ? AblationRunStatus.Cancelled : AblationRunStatus.Failed,
            Figures = figures,
            Error = missing is null || sweep.Status == SweepStatus.Cancelled ? null : missing.Error ?? new WorkError(
                ErrorCodes.ResultMissing, $"{missing.SubNetwork} of run {run.Run} has no finite figure '{metric}'.", "Look at the sweep for what became of it."),
        }, metric);
    }

    private RunSpecification SpecificationOf(AblationRun run)
    {
        var specification = Existing();
        var row = RowOf(run);
        return new RunSpecification
        {
            RunId = run.Run,
            Name = $"{specification.Title}: {row.Title}, seed {run.Seed}",
            ConfigurationYaml = specification.ConfigurationOf(row, run.Seed).ToYaml(),
            Data = specification.Data,
            CreatedBy = specification.CreatedBy,
            Labels = ImmutableDictionary<string, string>.Empty.Add(Label, Id).Add("row", row.Name),
            Priority = specification.Priority,
        };
    }

    private SweepSpecification SweepOf(AblationRun run)
    {
        var specification = Existing();
        return new SweepSpecification
        {
            SweepId = run.Sweep,
            Run = run.Run,
            Iteration = run.Iteration!.Value,
            Benchmark = specification.Benchmark,
            Data = specification.Evaluation,
            SubNetworks = specification.SubNetworksOf(RowOf(run)),
            Options = specification.Options,
            Priority = specification.SweepPriority,
            CreatedBy = specification.CreatedBy,
        };
    }

    private AblatedRow RowOf(AblationRun run) => Existing().Rows.First(row => row.Name == run.Row);

    /// <summary>Stores the new state of a run.</summary>
    /// <returns>True if it has not ended.</returns>
    private async Task<bool> ChangeAsync(int i, AblationRun run, string? metric = null)
    {
        var before = State.Runs[i].Status;
        _progress.Remove(i);
        run = run.Status == AblationRunStatus.Training ? run : run with { Training = null };
        await SaveAsync(State with { Runs = State.Runs.SetItem(i, run), Metric = metric ?? State.Metric });
        if (run.Status != before)
        {
            LogRun(Id, run.Run, run.Status);
        }

        return !run.IsFinished;
    }

    private void ShowProgress(int i, WorkProgress? progress)
    {
        if (_progress.GetValueOrDefault(i) != progress)
        {
            _progress[i] = progress;
            _changes.Raise();
        }
    }

    private async Task EndAsync()
    {
        var status = State switch
        {
            _ when State.Runs.All(run => run.Status == AblationRunStatus.Completed) => AblationStatus.Completed,
            { IsCancelling: true } => AblationStatus.Cancelled,
            _ => AblationStatus.CompletedWithFailures,
        };
        await SaveAsync(State with { Status = status, IsCancelling = false, FinishedAt = time.GetUtcNow() });
        LogEnded(Id, status);
    }
}
