namespace Poa.Actors;

/// <summary>
/// Makes good what a crash cut short. A reminder wakes the run when nothing else does; while it is awake a timer looks more often.
/// All of it is safe to do twice.
/// </summary>
internal sealed partial class TrainingRunGrain
{
    private static readonly WorkError Dissolved = new(
        ErrorCodes.WorkerLost, "Another shard of the run has ended its part.", "Nothing: the run goes on from its last checkpoint.", Retryable: true);

    private long _progressSavedAt;
    private long _catalogVersion;
    private long? _shownAt;

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => WatchAsync();

    private async Task WatchAsync()
    {
        try
        {
            await DriveAsync();
            if (_catalogVersion != State.Version)
            {
                await PutInCatalogAsync();
            }

            if (_progress != State.Progress && time.GetElapsedTime(_progressSavedAt) >= _options.ProgressSaveInterval)
            {
                await _durable.SaveAsync(State with { Progress = _progress, Trend = _trend });
                _progressSavedAt = time.GetTimestamp();
            }

            await _watchdog.SetReminderAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogWatchdogFailed(e, Id);
        }
    }

    /// <summary>Sees to it that the scheduler knows what the state asks for.</summary>
    private async Task DriveAsync()
    {
        switch (State.Status)
        {
            case RunStatus.Queued or RunStatus.Running:
                var specification = Existing();
                if (State.Status == RunStatus.Queued && !State.Others.IsEmpty)
                {
                    await DisbandAsync(Dissolved);
                }

                // No effect if the scheduler has the work already.
                await GrainFactory.Scheduler().EnqueueAsync(new WorkRequest(
                    WorkItemId,
                    new TrainingShardWork(Id, specification.ConfigurationYaml, specification.Data),
                    new WorkOwner(WorkOwnerKind.TrainingRun, Id),
                    specification.Priority,
                    State.Faults.All == 0 ? TimeSpan.Zero : _options.BackOff(State.Faults.All),
                    specification.Shards,
                    specification.MinimumShards));
                break;

            case RunStatus.Pausing or RunStatus.Cancelling:
                var reason = State.Status == RunStatus.Pausing ? StopReason.Pause : StopReason.Cancel;
                if (await GrainFactory.Scheduler().WithdrawAsync(WorkItemId, reason) == WithdrawOutcome.Removed)
                {
                    await SaveAsync(Settle(RunGang.EndAll(State, rank: 0, LeasePhase.Ended)), "Nobody works on it any more.");
                    await AfterEndAsync();
                }

                break;
        }
    }

    private async Task PutInCatalogAsync()
    {
        var version = State.Version;
        await GrainFactory.Catalog().PutAsync(CatalogEntry());
        _catalogVersion = version;
    }

    /// <summary>Has the catalog show the newest progress, now and then; it is not stored there, and one that is lost does not matter.</summary>
    private void ShowInCatalog()
    {
        if (_shownAt is not { } shown || time.GetElapsedTime(shown) >= _options.ShowInterval)
        {
            _shownAt = time.GetTimestamp();
            GrainFactory.Catalog().ShowAsync(CatalogEntry()).Ignore();
        }
    }

    private CatalogEntry CatalogEntry()
    {
        var specification = Existing();
        return new CatalogEntry(
            Id, specification.Name, State.Status, State.CreatedAt, specification.Data, specification.CreatedBy, specification.Labels, State.Version)
        {
            Progress = _progress,
            LossTrend = _trend.Values,
            StartedAt = State.StartedAt,
            FinishedAt = State.FinishedAt,
            CheckpointCount = State.Checkpoints.Length,
            Error = State.Error,
        };
    }
}
