using Poa.Training.Exchange;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Exchange;

/// <summary>What is formed over all virtual shards has the same bits however many members there are and however they are connected.</summary>
public sealed class ShardGroupTests
{
    private const int Shards = 6;

    public static TheoryData<string, int> Formations =>
        new(from kind in new[] { "in process", "tcp" } from world in new[] { 1, 2, 3, 4, 6 } select (kind, world));

    [Theory]
    [MemberData(nameof(Formations))]
    public async Task Sum_AnyFormation_HasTheBitsOfOneMember(string kind, int world)
    {
        // Two buckets and a bit, and vectors shorter than there are members.
        foreach (var length in new[] { 1, 5, 1000, (1 << 21) + 77 })
        {
            var expected = Sum(new ShardGroup(LoneExchange.Instance, Shards), length);
            var sums = await Formation.RunAsync(await Formation.OfAsync(kind, world), exchange => Sum(new ShardGroup(exchange, Shards), length));
            Assert.Equal(world, sums.Length);
            Assert.All(sums, sum => Assert.True(expected.AsSpan().SequenceEqual(sum)));
        }
    }

    [Theory]
    [MemberData(nameof(Formations))]
    public async Task GatherAndMax_AnyFormation_AreInOrderOfShards(string kind, int world)
    {
        var all = await Formation.RunAsync(await Formation.OfAsync(kind, world), exchange =>
        {
            using var scope = NewDisposeScope();
            var group = new ShardGroup(exchange, Shards);
            var local = Enumerable.Range(group.Local.First, group.Local.Count).ToArray();
            var gathered = group.Gather([.. local.Select(shard => new[] { shard, Math.Sqrt(shard) })]);
            var largest = group.Max(tensor([local.Max() == Shards - 1 ? float.NaN : 0f, local.Max(), -local.Max()]));
            return (Rows: gathered.Select(row => (row[0], row[1])).ToArray(), Largest: largest.data<float>().ToArray());
        });
        Assert.All(all, member =>
        {
            Assert.Equal(Enumerable.Range(0, Shards).Select(shard => ((double)shard, Math.Sqrt(shard))), member.Rows);
            Assert.Equal(all[0].Largest, member.Largest);
            Assert.True(float.IsNaN(member.Largest[0]));
            Assert.Equal(Shards - 1, member.Largest[1]);
        });
    }

    [Theory]
    [InlineData("in process")]
    [InlineData("tcp")]
    public async Task Receive_MessageOfAnotherLength_SaysThatMembersAreNotInTheSameStep(string kind)
    {
        var members = await Formation.OfAsync(kind, 2);
        members[0].Send(1, new byte[3]);
        var error = Assert.Throws<InvalidDataException>(() => members[1].Receive(0, new byte[4], TestContext.Current.CancellationToken));
        Assert.Contains("not in the same step", error.Message, StringComparison.Ordinal);
        Dispose(members);
    }

    [Theory]
    [InlineData("in process")]
    [InlineData("tcp")]
    public async Task Receive_Cancelled_EndsTheWait(string kind)
    {
        var members = await Formation.OfAsync(kind, 2);
        using var cancel = new CancellationTokenSource();
        var waiting = Task.Run(() => members[1].Receive(0, new byte[1], cancel.Token), TestContext.Current.CancellationToken);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Formation.Limit, TestContext.Current.CancellationToken));
        Dispose(members);
    }

    [Theory]
    [InlineData("in process")]
    [InlineData("tcp")]
    public async Task Receive_MemberHasLeft_GivesWhatItSentAndThenSaysSo(string kind)
    {
        var members = await Formation.OfAsync(kind, 2);
        members[0].Send(1, [7]);
        members[0].Dispose();
        var message = new byte[1];
        members[1].Receive(0, message, TestContext.Current.CancellationToken);
        Assert.Equal(7, message[0]);
        var error = Assert.Throws<ShardLostException>(() => members[1].Receive(0, message, TestContext.Current.CancellationToken));
        Assert.Equal(0, error.Rank);
        Assert.Contains("Member 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("it has left", error.Message, StringComparison.Ordinal);
        members[1].ThrowIfLost(); // nothing more was awaited of it
        Dispose(members);
    }

    private static float[] Sum(ShardGroup group, int length)
    {
        using var scope = NewDisposeScope();
        var shards = Enumerable.Range(group.Local.First, group.Local.Count).Select(shard =>
        {
            using var generator = new Generator((ulong)(100 + shard));
            return randn(length, generator: generator);
        });
        return group.Sum([.. shards]).data<float>().ToArray();
    }

    private static void Dispose(IReadOnlyList<IShardExchange> members)
    {
        // Members of one formation say goodbye to each other.
        Parallel.ForEach(members, member => member.Dispose());
    }
}
