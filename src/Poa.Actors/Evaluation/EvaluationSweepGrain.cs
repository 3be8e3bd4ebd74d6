using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Poa.Actors;

/// <summary>A sweep: commands and queries. Its rounds are in the part <c>Rounds</c>, reports in <c>Reports</c>, its listing in <c>Catalog</c>.</summary>
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
    private DurableState<SweepState> _durable = null!;
    private WorkProgress? _progress;

    private string Id => this.GetPrimaryKeyString();

    private SweepState State => _durable.Current;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = new DurableState<SweepState>(storage, this);
        SetTimer();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<SweepSnapshot> StartAsync(SweepSpecification specification, CancellationToken cancellationToken = default)
    {
        Validate(specification);
        if (State.Specification is { } existing)
        {
            if (!existing.IsSameAs(specification))
            {
                throw new PoaException(
                    ErrorCodes.SweepExists, $"Sweep {Id} exists already, with another specification.", "Choose another sweep id, or leave it out.");
            }

            // The first call may have ended between the two writes.
            await PutInCatalogAsync();
            return Snapshot();
        }

        var runGrain = GrainFactory.GetGrain<ITrainingRunGrain>(specification.Run);
        var run = await runGrain.FindAsync(cancellationToken) ?? throw new PoaException(
            ErrorCodes.RunNotFound, $"There is no run {specification.Run}.", "List the runs with: poa runs");
        await runGrain.AttachSweepAsync(Id, specification.Iteration, inUse: true, CancellationToken.None);
        await SaveAsync(
            State with
            {
                Specification = specification,
                ConfigurationYaml = run.Specification.ConfigurationYaml,
                Status = SweepStatus.Running,
                CreatedAt = time.GetUtcNow(),
                Jobs = [.. specification.SubNetworks.Select(name => new SweepJobState { SubNetwork = name })],
            },
            $"Started: {specification.SubNetworks.Length} x {specification.Benchmark} on checkpoint {specification.Iteration} of {specification.Run}.");
        await SetReminderAsync();
        await PutInCatalogAsync();
        return Snapshot();
    }

    /// <inheritdoc/>
    public async Task<SweepSnapshot> CancelAsync(CancellationToken cancellationToken = default)
    {
        Existing();
        if (State is { Status: SweepStatus.Running, IsCancelling: false })
        {
            await SaveAsync(State with { IsCancelling = true }, "On request: cancel.");
        }

        if (State.IsCancelling)
        {
            await RoundAsync();
        }

        return Snapshot();
    }

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

    private async Task<SweepSnapshot> TryAgainAsync(ImmutableArray<string> chosen)
    {
        var specification = Existing();
        string[] again = [.. State.Jobs
            .Where(job => chosen.Contains(job.SubNetwork) && job.Status is (JobStatus.Failed or JobStatus.Quarantined or JobStatus.Cancelled))
            .Select(job => job.SubNetwork)];
        if (again.Length > 0 && !State.IsCancelling)
        {
            await GrainFactory.GetGrain<ITrainingRunGrain>(specification.Run)
                .AttachSweepAsync(Id, specification.Iteration, inUse: true, CancellationToken.None);
            await SaveAsync(
                SweepPlan.Change(State, again, job => new SweepJobState { SubNetwork = job.SubNetwork, RetryFailed = true, Attempts = job.Attempts }) with
                {
                    Status = SweepStatus.Running,
                    FinishedAt = null,
                },
                $"On request: {again.Length} evaluations are tried again.");
            await SetReminderAsync();
            await PutInCatalogAsync();
        }

        return Snapshot();
    }

    /// <inheritdoc/>
    public Task<SweepSnapshot?> FindAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(State.Specification is null ? null : Snapshot());

    /// <inheritdoc/>
    public async Task<ImmutableArray<EvaluationResult>> GetResultsAsync(CancellationToken cancellationToken = default)
    {
        var specification = Existing();
        var jobs = await Task.WhenAll(specification.SubNetworks.Select(name => Job(name).GetAsync(cancellationToken)));
        return [.. jobs.Select(job => job.Result).OfType<EvaluationResult>()];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SweepSnapshot> WatchAsync(
        long afterVersion, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Existing();
        while (true)
        {
            var seen = _changes.Version;
            var snapshot = Snapshot();
            if (snapshot.Version > afterVersion || snapshot.Progress is not null || snapshot.IsFinished)
            {
                yield return snapshot;
            }

            if (snapshot.IsFinished)
            {
                yield break;
            }

            await _changes.WaitAsync(seen, cancellationToken);
            await Task.Delay(_options.WatchInterval, time, cancellationToken);
        }
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

    private SweepSpecification Existing() => State.Specification ?? throw new PoaException(
        ErrorCodes.SweepNotFound, $"There is no sweep {Id}.", "Start one with: poa evaluate");

    private async Task SaveAsync(SweepState next, string? message = null, NoteLevel level = NoteLevel.Information)
    {
        if (message is not null)
        {
            LogNote(Id, message);
            next = next with { Log = next.Log.Add(time.GetUtcNow(), level, message, _options.EventLimit) };
        }

        await _durable.SaveAsync(SweepPlan.NoteEnds(next, time.GetUtcNow()) with { Version = next.Version + 1 });
        SetTimer();
        _changes.Raise();
        ShowInCatalog();
    }

    private SweepSnapshot Snapshot() => new()
    {
        Specification = Existing(),
        Status = State.Status,
        Version = State.Version,
        CreatedAt = State.CreatedAt,
        FinishedAt = State.FinishedAt,
        Jobs = [.. State.Jobs.Select(job => new SweepJob(
            job.SubNetwork, job.Status, job.IsReused, job.Attempts, job.Error, job.StartedAt, job.FinishedAt, job.Shard))],
        Progress = State.Batches.Any(batch => batch.Lease.Phase == LeasePhase.Held) ? _progress : null,
        Passes = State.Passes,
        Events = State.Log.Events,
    };
}
