namespace Poa.Actors;

/// <summary>One evaluation: who computes it, and its result for ever.</summary>
[GrainType("evaluation-job"), ControlPlacementFilter]
internal sealed class EvaluationJobGrain(
    [PersistentState("evaluation", StorageNames.Provider)] IPersistentState<EvaluationJobState> storage, TimeProvider time)
    : Grain, IEvaluationJobGrain
{
    private DurableState<EvaluationJobState> _durable = null!;

    private EvaluationJobState State => _durable.Current;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = new DurableState<EvaluationJobState>(storage, this);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<ClaimAnswer> ClaimAsync(JobClaim claim, CancellationToken cancellationToken = default)
    {
        var outcome = State.Status switch
        {
            // A sweep that asks again after it brought the new result has what it wanted.
            JobStatus.Completed when (!claim.Recompute && State.Result is not null && State.Result.IsOf(claim.CheckpointSha256)) || State.Sweep == claim.Sweep => ClaimOutcome.Completed,
            JobStatus.Pending when State.Sweep != claim.Sweep => ClaimOutcome.Elsewhere,
            JobStatus.Quarantined when !claim.RetryFailed => ClaimOutcome.Refused,
            _ => ClaimOutcome.Compute,
        };
        if (outcome == ClaimOutcome.Compute && State.Status != JobStatus.Pending)
        {
            await _durable.SaveAsync(State with { Status = JobStatus.Pending, Sweep = claim.Sweep, Error = null });
        }

        return new ClaimAnswer(outcome, Snapshot());
    }

    /// <inheritdoc/>
    public async Task<bool> RecordAsync(string sweep, EvaluationResult result, CancellationToken cancellationToken = default)
    {
        if (State.Status != JobStatus.Pending || State.Sweep != sweep)
        {
            return false;
        }

        await _durable.SaveAsync(State with
        {
            Status = JobStatus.Completed,
            Result = result,
            FinishedAt = time.GetUtcNow(),
            Computations = State.Computations + 1,
        });
        Instruments.JobEnded(WorkId.EvaluationKind, JobStatus.Completed);
        return true;
    }

    /// <inheritdoc/>
    public async Task GiveUpAsync(string sweep, JobStatus status, WorkError? error, CancellationToken cancellationToken = default)
    {
        if (State.Status != JobStatus.Pending || State.Sweep != sweep)
        {
            return;
        }

        await _durable.SaveAsync(State.Result is null
            ? State with { Status = status, Error = error }
            // Computing anew did not work out: the result that was there stays good.
            : State with { Status = JobStatus.Completed });
        Instruments.JobEnded(WorkId.EvaluationKind, status);
    }

    /// <inheritdoc/>
    public Task<EvaluationJobSnapshot> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(Snapshot());

    private EvaluationJobSnapshot Snapshot() =>
        new(State.Status, State.Sweep, State.Result, State.Error, State.FinishedAt, State.Computations);
}

/// <summary>Stored state of an evaluation.</summary>
internal sealed record EvaluationJobState
{
    public JobStatus Status { get; init; }

    /// <summary>The sweep that claims it, or that claimed it last.</summary>
    public string? Sweep { get; init; }

    public EvaluationResult? Result { get; init; }

    public WorkError? Error { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How many results were stored.</summary>
    public int Computations { get; init; }
}
