namespace Poa.Actors.Abstractions;

/// <summary>
/// Queue and leases, key 0. Hands queued work to free shards: higher priority first, then the run that was served longest ago,
/// then short work (extraction, evaluation) before training, then first come. A device does one piece of work at a time and
/// running work is never pre-empted: with a single device, an evaluation waits until training ends, is paused or is cancelled.
/// </summary>
[Alias("poa.ISchedulerGrain")]
public interface ISchedulerGrain : IGrainWithIntegerKey
{
    /// <summary>Queues work. Work that is queued or leased under this id already is left as it is.</summary>
    /// <param name="request">The work.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Enqueue")]
    Task EnqueueAsync(WorkRequest request, CancellationToken cancellationToken = default);

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
