using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>
/// A pre-training run, keyed by run id: specification, state machine, checkpoints, history. Every command may be repeated: twice
/// equals once. A command that does not apply in the present state fails with <see cref="ErrorCodes.IllegalTransition"/>.
/// </summary>
[Alias("poa.ITrainingRunGrain")]
public interface ITrainingRunGrain : IGrainWithStringKey, IWorkOwner
{
    /// <summary>Stores the run and lists it in the catalog; it waits for <see cref="StartAsync"/>.</summary>
    /// <param name="specification">What to do; its id is the grain's key.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">A run of this id exists with another specification (<see cref="ErrorCodes.RunExists"/>).</exception>
    [Alias("Create")]
    Task<RunSnapshot> CreateAsync(RunSpecification specification, CancellationToken cancellationToken = default);

    /// <summary>Queues a created run.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Start")]
    Task<RunSnapshot> StartAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks for a checkpoint and a stop; the run is paused once the worker has done so.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Pause")]
    Task<RunSnapshot> PauseAsync(CancellationToken cancellationToken = default);

    /// <summary>Queues a paused or failed run again; it goes on from its last checkpoint.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Resume")]
    Task<RunSnapshot> ResumeAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops the run for good. Its checkpoints stay.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Cancel")]
    Task<RunSnapshot> CancelAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// A worker process has ended while it trained the run, and its next one tells where. Safe to repeat. A run that ends its workers at the same
    /// place again and again is quarantined: it fails with <see cref="ErrorCodes.Quarantined"/>, and goes on with the resume command.
    /// </summary>
    /// <param name="interrupted">Where it stood.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("NoteInterruption")]
    Task NoteInterruptionAsync(InterruptedTraining interrupted, CancellationToken cancellationToken = default);

    /// <summary>The run as it stands, or null if none was created under this id.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Find"), AlwaysInterleave]
    Task<RunSnapshot?> FindAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows the run: one update at once, then one for each change, until the run is finished or paused. Changes in quick
    /// succession are merged. The enumeration may break when the grain moves; go on with the last position seen.
    /// </summary>
    /// <param name="afterPosition">Position of the last update seen, 0 for all events that are kept.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    [Alias("Watch"), AlwaysInterleave]
    IAsyncEnumerable<RunUpdate> WatchAsync(long afterPosition, CancellationToken cancellationToken = default);

    /// <summary>Notes a sweep that belongs to this run, and keeps its checkpoint from removal while <paramref name="inUse"/>.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="inUse">True before the sweep starts work, false when it has finished.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <returns>The checkpoint; null where it is no longer used and was cut off by a rollback meanwhile.</returns>
    /// <exception cref="PoaException">There is no such run or checkpoint.</exception>
    [Alias("AttachSweep")]
    Task<RunCheckpoint?> AttachSweepAsync(string sweep, long iteration, bool inUse, CancellationToken cancellationToken = default);

    /// <summary>Keeps a checkpoint from removal while a search that needs it is <paramref name="inUse"/>.</summary>
    /// <param name="search">Search id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="inUse">True before the search begins, false when it has finished.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <returns>The checkpoint; null where it is no longer used and was cut off by a rollback meanwhile.</returns>
    /// <exception cref="PoaException">There is no such run or checkpoint.</exception>
    [Alias("AttachSearch")]
    Task<RunCheckpoint?> AttachSearchAsync(string search, long iteration, bool inUse, CancellationToken cancellationToken = default);

    /// <summary>Notes an extraction that belongs to this run, and keeps its checkpoint from removal while <paramref name="inUse"/>.</summary>
    /// <param name="key">The extraction.</param>
    /// <param name="inUse">True before it starts, false when it has finished.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <returns>The checkpoint; null where it is no longer used and was cut off by a rollback meanwhile.</returns>
    /// <exception cref="PoaException">There is no such run or checkpoint.</exception>
    [Alias("AttachExtraction")]
    Task<RunCheckpoint?> AttachExtractionAsync(ExtractionKey key, bool inUse, CancellationToken cancellationToken = default);
}
