using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Poa.Actors;

/// <summary>A pre-training run: commands and queries. Reports are in the part <c>Reports</c>, rollbacks in <c>Rollback</c>, the watchdog in <c>Watchdog</c>.</summary>
[GrainType("training-run"), ControlPlacementFilter]
internal sealed partial class TrainingRunGrain(
    [PersistentState("run", StorageNames.Provider)] IPersistentState<RunState> storage,
    IOptions<PoaActorsOptions> options,
    TimeProvider time,
    ILogger<TrainingRunGrain> logger) : Grain, ITrainingRunGrain, IRemindable
{
    private readonly PoaActorsOptions _options = options.Value;
    private readonly ILogger _logger = logger;
    private readonly ChangeSignal _changes = new();
    private DurableState<RunState> _durable = null!;
    private Watchdog _watchdog = null!;

    /// <summary>Latest progress; the stored one may be a few seconds old.</summary>
    private WorkProgress? _progress;

    /// <summary>The course of the loss that goes with <see cref="_progress"/>.</summary>
    private LossTrend _trend = LossTrend.Empty;

    private string Id => this.GetPrimaryKeyString();

    private RunState State => _durable.Current;

    /// <summary>The work of rank 0, which stands for all of it in the scheduler's queue.</summary>
    private string WorkItemId => WorkId.Training(Id, shard: 0);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = new DurableState<RunState>(storage, this);
        _progress = State.Progress;
        _trend = State.Trend;
        _progressSavedAt = time.GetTimestamp();
        _watchdog = new Watchdog(this, () => State.Status.IsActive(), WatchAsync, _options.ProgressSaveInterval, _options.ProgressSaveInterval);
        _watchdog.SetTimer();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<RunSnapshot> CreateAsync(RunSpecification specification, CancellationToken cancellationToken = default)
    {
        RunId.Validate(Id);
        specification.Validate();
        if (specification.RunId != Id)
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument, $"Run id '{specification.RunId}' was sent to run {Id}.", "Use the run id as the grain's key.");
        }

        if (State.Specification is { } existing && !existing.IsSameAs(specification))
        {
            throw new PoaException(
                ErrorCodes.RunExists, $"Run {Id} exists already, with another specification.", "Choose another run id, or leave it out.");
        }

        if (State.Specification is null)
        {
            await SaveAsync(
                State with { Specification = specification, Status = RunStatus.Created, CreatedAt = time.GetUtcNow() },
                $"Created on {specification.Data}.");
        }

        // Also on a repeat: the first call may have ended between the two writes.
        await PutInCatalogAsync();
        return Snapshot();
    }

    /// <inheritdoc/>
    public Task<RunSnapshot> StartAsync(CancellationToken cancellationToken = default) => CommandAsync(RunCommand.Start);

    /// <inheritdoc/>
    public Task<RunSnapshot> PauseAsync(CancellationToken cancellationToken = default) => CommandAsync(RunCommand.Pause);

    /// <inheritdoc/>
    public Task<RunSnapshot> ResumeAsync(CancellationToken cancellationToken = default) => CommandAsync(RunCommand.Resume);

    /// <inheritdoc/>
    public Task<RunSnapshot> CancelAsync(CancellationToken cancellationToken = default) => CommandAsync(RunCommand.Cancel);

    /// <inheritdoc/>
    public Task<RunSnapshot?> FindAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(State.Specification is null ? null : Snapshot());

    /// <inheritdoc/>
    public async IAsyncEnumerable<RunUpdate> WatchAsync(
        long afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Existing();
        var position = afterPosition;
        while (true)
        {
            var seen = _changes.Version;
            var update = new RunUpdate(State.Log.Last, State.Status, _progress, State.Log.After(position), State.Error);
            position = update.Position;
            yield return update;
            if (update.Status.IsFinished() || update.Status == RunStatus.Paused)
            {
                yield break;
            }

            await _changes.WaitAsync(seen, cancellationToken);
            await Task.Delay(_options.WatchInterval, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<RunCheckpoint?> AttachSweepAsync(string sweep, long iteration, bool inUse, CancellationToken cancellationToken = default) =>
        AttachAsync($"sweep/{sweep}", iteration, inUse, state => state.Sweeps.Contains(sweep)
            ? state
            : state with { Sweeps = state.Sweeps.Add(sweep) });

    /// <inheritdoc/>
    public Task<RunCheckpoint?> AttachSearchAsync(string search, long iteration, bool inUse, CancellationToken cancellationToken = default) =>
        AttachAsync($"search/{search}", iteration, inUse, state => state);

    /// <inheritdoc/>
    public Task<RunCheckpoint?> AttachExtractionAsync(ExtractionKey key, bool inUse, CancellationToken cancellationToken = default)
    {
        var name = key.ToString();
        return AttachAsync($"extraction/{name}", key.Iteration, inUse, state => state.Extractions.Contains(name)
            ? state
            : state with { Extractions = state.Extractions.Add(name) });
    }

    private async Task<RunCheckpoint?> AttachAsync(string user, long iteration, bool inUse, Func<RunState, RunState> list)
    {
        Existing();
        var checkpoint = State.Checkpoints.FirstOrDefault(c => c.Iteration == iteration);
        if (checkpoint is null && inUse)
        {
            throw new PoaException(
                ErrorCodes.CheckpointNotFound,
                $"Run {Id} has no checkpoint {iteration}.",
                State.Checkpoints.IsEmpty
                    ? "Wait for its first checkpoint."
                    : $"Choose one of {string.Join(", ", State.Checkpoints.Select(c => c.Iteration))}.");
        }

        var next = list(State) with { Pins = inUse ? State.Pins.SetItem(user, iteration) : State.Pins.Remove(user) };
        if (next != State)
        {
            await _durable.SaveAsync(next);
        }

        return checkpoint;
    }

    private async Task<RunSnapshot> CommandAsync(RunCommand command)
    {
        Existing();
        var next = RunTransitions.Apply(Id, command, State.Status);
        if (next != State.Status)
        {
            var changed = State with { Status = next };
            if (next == RunStatus.Queued)
            {
                // A fresh start on request: earlier failures no longer count.
                changed = changed with { Faults = FaultTally.None, Error = null, FinishedAt = null, Interruptions = [], RollbacksSinceRequest = 0 };
            }
            else if (next.IsFinished())
            {
                changed = changed with { FinishedAt = time.GetUtcNow() };
            }

            await SaveAsync(changed, $"On request: {command.ToString().ToLowerInvariant()}.");
        }

        // State first, then the consequences; whatever is cut short here is made good by the watchdog or by a repeat.
        await _watchdog.SetReminderAsync();
        await DriveAsync();
        await PutInCatalogAsync();
        return Snapshot();
    }

    private RunSpecification Existing() => State.Specification ?? throw new PoaException(
        ErrorCodes.RunNotFound, $"There is no run {Id}.", "List the runs with: poa runs");

    /// <summary>Stores a state with a note in the history, then tells the watchers.</summary>
    private async Task SaveAsync(RunState next, string message, NoteLevel level = NoteLevel.Information)
    {
        var before = State.Status;
        await _durable.SaveAsync(next with
        {
            Log = next.Log.Add(time.GetUtcNow(), level, message, _options.EventLimit),
            Version = next.Version + 1,
            Progress = _progress,
            Trend = _trend,
        });
        _progressSavedAt = time.GetTimestamp();
        if (before != next.Status)
        {
            LogTransition(Id, before, next.Status, message);
            if (next.Status.IsFinished())
            {
                Instruments.JobEnded(WorkId.TrainingKind, next.Status);
            }
        }

        _watchdog.SetTimer();
        _changes.Raise();
    }

    private RunSnapshot Snapshot() => new()
    {
        Specification = Existing(),
        Status = State.Status,
        CreatedAt = State.CreatedAt,
        StartedAt = State.StartedAt,
        FinishedAt = State.FinishedAt,
        Progress = _progress,
        Checkpoints = State.Checkpoints,
        Events = State.Log.Events,
        Error = State.Error,
        Shard = State.Lease.Phase == LeasePhase.Held ? State.Lease.Shard : null,
        Shards = RunGang.Shards(State),
        Attempts = State.Attempts,
        Sweeps = State.Sweeps,
        Extractions = State.Extractions,
        Cost = State.Cost,
        Rollbacks = State.Rollbacks,
    };
}
