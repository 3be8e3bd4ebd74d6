using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>
/// Queue and leases, key 0. Hands queued work to free shards: higher priority first; then fairly between runs and sweeps, to the one
/// that holds the fewest shards now, and among those to the one served longest ago; then short work (extraction, evaluation) before
/// training, then first come. A run that asks for several shards gets them all at once or none. A device does one piece of work at a
/// time, and is not taken from it for work of about the same priority: with a single device, an evaluation waits until training ends,
/// is paused or is cancelled. Work of a much higher priority (see <see cref="WorkPriority"/>) has lower work make room.
/// </summary>
[Alias("poa.ISchedulerGrain")]
public interface ISchedulerGrain : IGrainWithIntegerKey
{
    /// <summary>Queues work. Work that is queued or leased under this id already is left as it is.</summary>
    /// <param name="request">The work.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Enqueue")]
    Task EnqueueAsync(WorkRequest request, CancellationToken cancellationToken = default);

    /// <summary>Queues several pieces of work in one go; see <see cref="EnqueueAsync"/>.</summary>
    /// <param name="requests">The work, in the order in which it is to be handed out.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("EnqueueAll")]
    Task EnqueueAllAsync(ImmutableArray<WorkRequest> requests, CancellationToken cancellationToken = default);

    /// <summary>One member of a gang has stopped: asks the others to stop with a checkpoint, so that it can be formed anew.</summary>
    /// <param name="workId">Work of rank 0.</param>
    /// <param name="generation">Generation of the gang; another is left alone.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Regroup")]
    Task RegroupAsync(string workId, long generation, CancellationToken cancellationToken = default);

    /// <summary>
    /// A run that has fewer shards than it asks for has published a checkpoint. If a shard is free and no other work waits for it, the
    /// gang is asked to stop and is formed anew with what there is.
    /// </summary>
    /// <param name="workId">Work of rank 0.</param>
    /// <param name="generation">Generation of the gang, or fencing token of the only lease; another is left alone.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Grow")]
    Task GrowAsync(string workId, long generation, CancellationToken cancellationToken = default);

    /// <summary>A member of a gang has failed: the leases of the others are lost.</summary>
    /// <param name="workId">Work of rank 0.</param>
    /// <param name="generation">Generation of the gang; another is left alone.</param>
    /// <param name="error">What happened.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Disband")]
    Task DisbandAsync(string workId, long generation, WorkError error, CancellationToken cancellationToken = default);

    /// <summary>Takes work back: removes it from the queue, or asks the worker that has it to stop.</summary>
    /// <param name="workId">The work item.</param>
    /// <param name="reason">Why; handed on to the worker.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Withdraw")]
    Task<WithdrawOutcome> WithdrawAsync(string workId, StopReason reason, CancellationToken cancellationToken = default);

    /// <summary>Lists a shard, or renews its listing. Leases that an earlier life of the worker held are lost.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("RegisterShard")]
    Task RegisterShardAsync(ShardRegistration shard, CancellationToken cancellationToken = default);

    /// <summary>A sign of life of a shard; the answer says what to stop.</summary>
    /// <param name="heartbeat">The shard and the leases it works on.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Heartbeat")]
    Task<HeartbeatReply> HeartbeatAsync(ShardHeartbeat heartbeat, CancellationToken cancellationToken = default);

    /// <summary>The worker has put the work down and the owner has taken its last report: the lease ends.</summary>
    /// <param name="workId">The work item.</param>
    /// <param name="fencingToken">Token of the lease; another is ignored.</param>
    /// <param name="requeueAfter">Hand the work out again after this time; null if it is finished.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Release")]
    Task ReleaseAsync(string workId, long fencingToken, TimeSpan? requeueAfter, CancellationToken cancellationToken = default);

    /// <summary>A shard takes no more work; what it has is asked to stop and will be handed out again.</summary>
    /// <param name="shard">Key of the shard.</param>
    /// <param name="incarnation">The life of the worker process that drains.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Drain")]
    Task DrainAsync(string shard, string incarnation, CancellationToken cancellationToken = default);

    /// <summary>
    /// An operator takes a shard out of service until <see cref="ResumeShardAsync"/>, over restarts of the shard and of the whole
    /// cluster: it takes no more work, and what it has is asked to stop with a checkpoint and waits for another shard.
    /// </summary>
    /// <param name="shard">Key of the shard.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">No such shard is listed (<see cref="ErrorCodes.ShardNotFound"/>).</exception>
    [Alias("DrainShard")]
    Task<ShardStanding> DrainShardAsync(string shard, CancellationToken cancellationToken = default);

    /// <summary>An operator puts a shard back into service.</summary>
    /// <param name="shard">Key of the shard.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">No such shard is listed (<see cref="ErrorCodes.ShardNotFound"/>).</exception>
    [Alias("ResumeShard")]
    Task<ShardStanding> ResumeShardAsync(string shard, CancellationToken cancellationToken = default);

    /// <summary>Queue, leases and shards as they stand.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("GetSnapshot")]
    Task<SchedulerSnapshot> GetSnapshotAsync(CancellationToken cancellationToken = default);
}
