namespace Poa.Actors.Client;

/// <summary>Worker shards: the devices of worker processes.</summary>
public sealed class WorkersClient
{
    private readonly PoaClient _client;

    internal WorkersClient(PoaClient client) => _client = client;

    /// <summary>Shards that live, shards lost not long ago, and shards that an operator has drained, in the order of their keys.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<ShardStanding>> ListAsync(CancellationToken cancellationToken = default) =>
        (await Calls.GuardAsync(() => Scheduler().GetSnapshotAsync(cancellationToken))).Shards;

    /// <summary>
    /// Takes a shard out of service until it is resumed, over restarts: it takes no more work, and what it has is asked to stop with a
    /// checkpoint and waits for another shard.
    /// </summary>
    /// <param name="shard">Key of the shard, such as <c>local/cpu</c>.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">No such shard is listed.</exception>
    public Task<ShardStanding> DrainAsync(string shard, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Scheduler().DrainShardAsync(ShardKey.Parse(shard).ToString(), cancellationToken));

    /// <summary>Puts a shard back into service.</summary>
    /// <param name="shard">Key of the shard.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">No such shard is listed.</exception>
    public Task<ShardStanding> ResumeAsync(string shard, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Scheduler().ResumeShardAsync(ShardKey.Parse(shard).ToString(), cancellationToken));

    private ISchedulerGrain Scheduler() => _client.Cluster.GetGrain<ISchedulerGrain>(0);
}
