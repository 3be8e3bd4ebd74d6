namespace Poa.Actors.Client;

/// <summary>The log of one lease: what a worker wrote while it did a piece of work of a run.</summary>
/// <param name="Name">Names the log within its run.</param>
/// <param name="Shard">The device that did the work: <see cref="ShardKey"/> as text; its end may be cut off where it is very long.</param>
/// <param name="WorkId">The work item, see <see cref="Abstractions.WorkId"/>.</param>
/// <param name="FencingToken">Token of the lease; the newest log has the highest.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Time">When it was last written.</param>
public sealed record WorkLog(string Name, string Shard, string WorkId, long FencingToken, long Size, DateTimeOffset Time);
