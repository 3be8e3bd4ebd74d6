using Poa.Actors.Client;
using Poa.Cli.Running;
using Xunit;

namespace Poa.Cli.Tests.Running;

public sealed class LogFollowerTests
{
    private static readonly WorkLog[] Logs =
    [
        Log(9, "evaluate/s/1", "b/cpu"), Log(8, "train/r/0", "a/cpu"), Log(7, "train/r/0", "b/cpu"), Log(3, "train/r/0", "a/cpu"),
    ];

    [Fact]
    public void Newest_OfAllShards_IsOnePerShardAndKindOldestFirst() =>
        Assert.Equal([7L, 8, 9], LogFollower.Newest(Logs, null).Select(log => log.FencingToken));

    [Fact]
    public void Newest_OfOneShard_LeavesOutTheOthers()
    {
        Assert.Equal([8L], LogFollower.Newest(Logs, "a/cpu").Select(log => log.FencingToken));
        Assert.Empty(LogFollower.Newest(Logs, "c/cpu"));
    }

    private static WorkLog Log(long token, string workId, string shard) => new($"{token}", shard, workId, token, 1, default);
}
