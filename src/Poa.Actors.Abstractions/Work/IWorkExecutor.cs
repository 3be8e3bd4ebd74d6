namespace Poa.Actors.Abstractions;

/// <summary>
/// Does leased work on the devices of this process, on threads of its own. Registered in the services of a worker silo and used by
/// the worker shard grains; it must never block the caller.
/// </summary>
public interface IWorkExecutor
{
    /// <summary>The devices of this process; fixed for its life.</summary>
    IReadOnlyList<DeviceDescription> Devices { get; }

    /// <summary>
    /// Where this process takes connections of other members of a gang, <c>host:port</c>; handed to them with their leases
    /// (<see cref="GangMember.Address"/>). Null if it takes none. Fixed for the life of the process.
    /// </summary>
    string? ExchangeAddress => null;

    /// <summary>What the process of this worker before this one was training when it ended without putting it down. Fixed for the life of the process.</summary>
    IReadOnlyList<InterruptedTraining> Interrupted => [];

    /// <summary>
    /// Begins the work and returns at once. A repeated call with the same work id and fencing token does nothing, also after the
    /// work has ended. A call with a higher token for the same work id ends the older one first (<see cref="StopReason.LeaseLost"/>).
    /// </summary>
    /// <param name="lease">What to do, and under which token.</param>
    /// <param name="reporter">Takes the reports; the last one is an end: completed, failed or stopped.</param>
    void Start(WorkLease lease, IWorkReporter reporter);

    /// <summary>
    /// Asks work to stop. The task ends once the work has put everything down and has reported its end, or at once if it is not
    /// known. May be repeated; a more urgent reason replaces a less urgent one.
    /// </summary>
    /// <param name="workId">The work item.</param>
    /// <param name="fencingToken">Token of its lease; work under another token is left alone.</param>
    /// <param name="reason">Why.</param>
    Task StopAsync(string workId, long fencingToken, StopReason reason);
}

/// <summary>A device that can take work.</summary>
/// <param name="Name">Name within the process: <c>cpu</c>, <c>cuda:0</c>. No slash.</param>
/// <param name="Description">For people: processor or card, threads, memory.</param>
[GenerateSerializer, Immutable, Alias("poa.DeviceDescription")]
public sealed record DeviceDescription([property: Id(0)] string Name, [property: Id(1)] string Description);

/// <summary>
/// Takes the reports of one leased piece of work. Safe to call from any thread. Each call ends when the owner has taken the report
/// in (and stored it, except progress); transient faults of the control plane are retried inside. After a verdict of
/// <see cref="ReportVerdict.Refused"/> the work must stop and publish nothing more.
/// </summary>
public interface IWorkReporter
{
    /// <summary>How far the work is; about once a second. Not stored at once, never fails: a lost one does not matter.</summary>
    /// <param name="progress">How far.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ReportVerdict> ProgressAsync(WorkProgress progress, CancellationToken cancellationToken = default);

    /// <summary>A checkpoint was published: call after its manifest is stored.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ReportVerdict> CheckpointAsync(RunCheckpoint checkpoint, CancellationToken cancellationToken = default);

    /// <summary>Asks which of these checkpoints may be deleted; those returned are struck off the run first.</summary>
    /// <param name="iterations">Checkpoints that retention no longer asks for.</param>
    /// <param name="standing">
    /// All checkpoints that are in the blob store. A store that crashed may have lost others that it had acknowledged: the run lists them no longer.
    /// </param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Iterations to delete: none that a job uses, none at all if the lease is lost.</returns>
    Task<IReadOnlyList<long>> RetireAsync(IReadOnlyList<long> iterations, IReadOnlyList<long> standing, CancellationToken cancellationToken = default);

    /// <summary>Asks how a training run is to go on. Stored before it is answered: it holds for the whole lease.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The rollbacks behind the run; null if the lease is lost.</returns>
    Task<RunCourse?> CourseAsync(CancellationToken cancellationToken = default);

    /// <summary>Results of sub-networks that are ready. Repeating one does no harm: the first is kept.</summary>
    /// <param name="results">The results.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ReportVerdict> ResultAsync(IReadOnlyList<EvaluationResult> results, CancellationToken cancellationToken = default);

    /// <summary>Something for people to read in the history.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="message">The text.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ReportVerdict> NoteAsync(NoteLevel level, string message, CancellationToken cancellationToken = default);

    /// <summary>The work is done; ends the lease.</summary>
    /// <param name="completion">What came out.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ReportVerdict> CompletedAsync(WorkCompletion completion, CancellationToken cancellationToken = default);

    /// <summary>The work ended with an error; ends the lease.</summary>
    /// <param name="error">The error; <see cref="WorkError.Retryable"/> decides whether it is tried again.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ReportVerdict> FailedAsync(WorkError error, CancellationToken cancellationToken = default);

    /// <summary>The training has gone wrong for longer than its configuration allows; ends the lease.</summary>
    /// <param name="divergence">What is wrong.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ReportVerdict> DivergedAsync(TrainingDivergence divergence, CancellationToken cancellationToken = default);

    /// <summary>The work was stopped as asked; ends the lease.</summary>
    /// <param name="reason">The reason given with the request.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ReportVerdict> StoppedAsync(StopReason reason, CancellationToken cancellationToken = default);
}
