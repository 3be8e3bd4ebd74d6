using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Poa.Actors;

/// <summary>
/// A sweep: commands and queries. Its rounds are in the part <c>Rounds</c>, reports in <c>Reports</c>, its listing in <c>Catalog</c>.
/// Reentrant, so that the reports of many workers are stored together: whatever waits in between looks at the state anew. Commands and
/// rounds come one at a time.
/// </summary>
[Reentrant]
[GrainType("evaluation-sweep"), ControlPlacementFilter]
internal sealed partial class EvaluationSweepGrain(
    [PersistentState("sweep", StorageNames.Provider)] IPersistentState<SweepState> storage,
    IOptions<PoaActorsOptions> options,
    TimeProvider time,
    ILogger<EvaluationSweepGrain> logger) : Grain, IEvaluationSweepGrain, IRemindable
{
    private const int MaxBatchSize = 1024;
    private readonly PoaActorsOptions _options = options.Value;
    private readonly ILogger _logger = logger;
    private readonly ChangeSignal _changes = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private GroupCommit<SweepState> _books = null!;
    private Watchdog _watchdog = null!;
    private WorkProgress? _progress;

    private string Id => this.GetPrimaryKeyString();

    /// <summary>The newest state; what is told to anybody waits until it is stored.</summary>
    private SweepState State => _books.Current;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _books = new GroupCommit<SweepState>(storage, this);
        _watchdog = new Watchdog(
            this, () => State is { Specification: not null, Status: SweepStatus.Running }, RoundInTurnAsync, TimeSpan.Zero, _options.TickInterval);
        _watchdog.SetTimer();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<SweepSnapshot> StartAsync(SweepSpecification specification, CancellationToken cancellationToken = default)
    {
        Validate(specification);
        return CommandAsync(async () =>
        {
            if (State.Specification is { } existing && !existing.IsSameAs(specification))
            {
                throw new PoaException(
                    ErrorCodes.SweepExists, $"Sweep {Id} exists already, with another specification.", "Choose another sweep id, or leave it out.");
            }

            if (State.Specification is null)
            {
                await StoreAsync(specification, cancellationToken);
            }

            // Also on a repeat: the first call may have ended between the writes.
            await PutInCatalogAsync();
        });
    }

    /// <inheritdoc/>
    public Task<SweepSnapshot> CancelAsync(CancellationToken cancellationToken = default) => CommandAsync(async () =>
    {
        Existing();
        if (State is { Status: SweepStatus.Running, IsCancelling: false })
        {
            await ChangeAsync(state => state with { IsCancelling = true }, "On request: cancel.");
        }

        if (State.IsCancelling)
        {
            await RoundAsync();
        }
    });

    /// <inheritdoc/>
    public Task<SweepSnapshot> RetryFailedAsync(CancellationToken cancellationToken = default) => TryAgainAsync(Existing().SubNetworks);

    /// <inheritdoc/>
    public async Task<SweepSnapshot> RetryAsync(ImmutableArray<string> subNetworks, CancellationToken cancellationToken = default)
    {
        var known = Existing().SubNetworks;
        return subNetworks.FirstOrDefault(name => !known.Contains(name)) is { } stranger
            ? throw new PoaException(
                ErrorCodes.InvalidArgument, $"'{stranger}' is not in sweep {Id}.", $"Choose from {string.Join(", ", known)}.")
            : await TryAgainAsync(subNetworks);
    }

    private Task<SweepSnapshot> TryAgainAsync(ImmutableArray<string> chosen) => CommandAsync(async () =>
    {
        var specification = Existing();
        string[] again = [.. State.Jobs
            .Where(job => chosen.Contains(job.SubNetwork) && job.Status is (JobStatus.Failed or JobStatus.Quarantined or JobStatus.Cancelled))
            .Select(job => job.SubNetwork)];
        if (again.Length > 0 && !State.IsCancelling)
        {
            await GrainFactory.GetGrain<ITrainingRunGrain>(specification.Run)
                .AttachSweepAsync(Id, specification.Iteration, inUse: true, CancellationToken.None);
            await ChangeAsync(
                state => SweepPlan.Change(state, again, job => new SweepJobState { SubNetwork = job.SubNetwork, RetryFailed = true, Attempts = job.Attempts }) with
                {
                    Status = SweepStatus.Running,
                    FinishedAt = null,
                },
                $"On request: {again.Length} evaluations are tried again.");
            await _watchdog.SetReminderAsync();
            await PutInCatalogAsync();
        }
    });

    /// <inheritdoc/>
    public Task<SweepSnapshot?> FindAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(_books.Stored.Specification is null ? null : Snapshot());

    /// <inheritdoc/>
    public async Task<ImmutableArray<EvaluationResult>> GetResultsAsync(CancellationToken cancellationToken = default)
    {
        var specification = Existing();
        var jobs = await Task.WhenAll(specification.SubNetworks.Select(name => Job(name).GetAsync(cancellationToken)));
        return [.. jobs.Select(job => job.Result).OfType<EvaluationResult>()];
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SweepSnapshot> WatchAsync(long afterVersion, CancellationToken cancellationToken = default)
    {
        Existing();
        return _changes.FollowAsync(
            () => Task.FromResult(Snapshot()),
            snapshot => snapshot.Version > afterVersion || snapshot.Progress is not null,
            snapshot => snapshot.IsFinished,
            token => Task.Delay(_options.WatchInterval, time, token),
            cancellationToken);
    }

    private void Validate(SweepSpecification specification)
    {
        RunId.Validate(Id);
        void Require(bool condition, string message, string remedy)
        {
            if (!condition)
            {
                throw new PoaException(ErrorCodes.InvalidArgument, message, remedy);
            }
        }

        Require(specification.SweepId == Id, $"Sweep id '{specification.SweepId}' was sent to sweep {Id}.", "Use the sweep id as the grain's key.");
        Require(!specification.SubNetworks.IsDefaultOrEmpty, $"Sweep {Id} names no sub-network.", "Name at least one.");
        Require(
            specification.SubNetworks.Distinct().Count() == specification.SubNetworks.Length,
            $"Sweep {Id} names a sub-network twice.",
            "Name each once.");
        Require(
            specification.SubNetworks.All(name => name.Length > 0 && !name.Contains('/')),
            $"Sweep {Id} has an empty sub-network name or one with a slash.",
            "Use names such as 384x12.");
        Require(
            specification.BatchSize is >= 1 and <= MaxBatchSize,
            $"The batch size of sweep {Id} is {specification.BatchSize}.",
            $"Choose one in [1, {MaxBatchSize}].");
        WorkPriority.Validate(specification.Priority);
        var benchmark = Benchmarks.Describe(specification.Benchmark);
        Require(
            benchmark.NeedsImages != (specification.Data == EvaluationData.None),
            benchmark.NeedsImages ? $"Sweep {Id} names no images, which {benchmark.Name} needs." : $"Sweep {Id} names images, which {benchmark.Name} does not use.",
            benchmark.NeedsImages ? "Name images with known labels, and held-out images." : "Leave the images out.");
    }

    private IEvaluationJobGrain Job(string subNetwork) =>
        GrainFactory.GetGrain<IEvaluationJobGrain>(Existing().JobOf(subNetwork).ToString());

    private SweepSpecification Existing() => State.Specification ?? throw Unknown();

    private PoaException Unknown() => new(ErrorCodes.SweepNotFound, $"There is no sweep {Id}.", "Start one with: poa evaluate");

    private async Task StoreAsync(SweepSpecification specification, CancellationToken cancellationToken)
    {
        var runGrain = GrainFactory.GetGrain<ITrainingRunGrain>(specification.Run);
        var run = await runGrain.FindAsync(cancellationToken) ?? throw new PoaException(
            ErrorCodes.RunNotFound, $"There is no run {specification.Run}.", "List the runs with: poa runs");
        var checkpoint = await runGrain.AttachSweepAsync(Id, specification.Iteration, inUse: true, CancellationToken.None);
        await ChangeAsync(
            state => state with
            {
                Specification = specification,
                ConfigurationYaml = run.Specification.ConfigurationYaml,
                CheckpointSha256 = checkpoint?.ManifestSha256,
                Status = SweepStatus.Running,
                CreatedAt = time.GetUtcNow(),
                Jobs = [.. specification.SubNetworks.Select(name => new SweepJobState { SubNetwork = name })],
            },
            $"Started: {specification.SubNetworks.Length} x {specification.Benchmark} on checkpoint {specification.Iteration} of {specification.Run}.");
        await _watchdog.SetReminderAsync();
    }

    /// <summary>Carries out a command when it is its turn, and answers with what is stored then.</summary>
    private async Task<SweepSnapshot> CommandAsync(Func<Task> act)
    {
        await InTurnAsync(act);
        return Snapshot();
    }

    private async Task InTurnAsync(Func<Task> act)
    {
        await _turn.WaitAsync();
        try
        {
            await act();
            await _books.SaveAsync(State);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Changes the state at once, waits until it is stored, then tells the watchers. A change that changes nothing only waits.</summary>
    private async Task ChangeAsync(Func<SweepState, SweepState> change, string? message = null, NoteLevel level = NoteLevel.Information)
    {
        var (before, next) = (State, change(State));
        if (message is not null)
        {
            LogNote(Id, message);
            next = next with { Log = next.Log.Add(time.GetUtcNow(), level, message, _options.EventLimit) };
        }

        await _books.SaveAsync(ReferenceEquals(next, before) ? before : SweepPlan.NoteEnds(next, time.GetUtcNow()) with { Version = next.Version + 1 });
        _watchdog.SetTimer();
        _changes.Raise();
        ShowInCatalog();
    }

    /// <summary>What is stored.</summary>
    private SweepSnapshot Snapshot()
    {
        var stored = _books.Stored;
        return new()
        {
            Specification = stored.Specification ?? throw Unknown(),
            Status = stored.Status,
            Version = stored.Version,
            CreatedAt = stored.CreatedAt,
            FinishedAt = stored.FinishedAt,
            Jobs = [.. stored.Jobs.Select(job => new SweepJob(
                job.SubNetwork, job.Status, job.IsReused, job.Attempts, job.Error, job.StartedAt, job.FinishedAt, job.Shard, job.Log))],
            Progress = stored.Batches.Any(batch => batch.Lease.Phase == LeasePhase.Held) ? _progress : null,
            Passes = stored.Passes,
            Events = stored.Log.Events,
        };
    }
}
