using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

/// <summary>Several shards for one run: all at once or none, together until the end.</summary>
public sealed class GangQueueTests
{
    private static readonly WorkError Gone = new(ErrorCodes.WorkerLost, "gone", "look", Retryable: true);

    [Fact]
    public void Grant_Gang_RanksTokensAndMembersOfOneGeneration()
    {
        var queue = new QueueModel(3).Add(QueueModel.Run("a", shards: 3, minimum: 2));
        queue.HandOut();
        Assert.Equal([("train/a/0", 1L, 0, "w0/cpu"), ("train/a/1", 2L, 1, "w1/cpu"), ("train/a/2", 3L, 2, "w2/cpu")],
            queue.Leased.Select(e => (e.WorkId, e.Lease!.FencingToken, e.Gang!.Rank, e.Lease.Shard)));
        Assert.All(queue.Leased, e =>
        {
            Assert.Equal((1L, 3), (e.Gang!.Generation, e.Gang.World));
            Assert.Equal(["w0/cpu", "w1/cpu", "w2/cpu"], e.Gang.Members.Select(member => member.Shard));
            Assert.Equal((e.Gang.Rank, 3), (((TrainingShardWork)e.Work).Shard, ((TrainingShardWork)e.Work).ShardCount));
        });
    }

    [Fact]
    public void Grant_OneShard_IsNoGang()
    {
        var queue = new QueueModel(1).Add(QueueModel.Run("a", shards: 4));
        queue.HandOut();
        Assert.Null(Assert.Single(queue.Leased).Gang);
        Assert.Equal(new TrainingShardWork("a", "", ""), queue.Leased[0].Work);
    }

    [Fact]
    public void TwoGangs_RoomForOne_NeverHalfOfEach()
    {
        var queue = new QueueModel(3).Add(QueueModel.Run("a", shards: 2, minimum: 2), QueueModel.Run("b", shards: 2, minimum: 2));
        Assert.Equal(["train/a/0"], queue.HandOut());
        Assert.Equal(["train/a/0", "train/a/1"], queue.Leased.Select(e => e.WorkId));
        queue.Release("train/a/0");
        Assert.Equal(["train/b/0"], queue.HandOut());
    }

    [Fact]
    public void WaitingGang_ShortWorkOnTheOthers_FreeShardsAreKeptForIt()
    {
        var queue = new QueueModel(2).Add(Enumerable.Range(1, 10).Select(i => QueueModel.Batch("s", i)));
        queue.HandOut();
        queue.Add(QueueModel.Run("a", shards: 2, minimum: 2));
        queue.Release("evaluate/s/1");
        Assert.Empty(queue.HandOut());
        queue.Release("evaluate/s/2");
        Assert.Equal(["train/a/0"], queue.HandOut());
    }

    [Fact]
    public void WaitingGang_TrainingOnTheOthers_IsPassedOver()
    {
        var queue = new QueueModel(2).Add(QueueModel.Run("long"));
        queue.HandOut();
        queue.Add(QueueModel.Run("a", shards: 2, minimum: 2), QueueModel.Batch("s", 1));
        Assert.Equal(["evaluate/s/1"], queue.HandOut());
    }

    [Fact]
    public void Gang_OthersWait_AnEvenShareButItsMinimum()
    {
        Assert.Equal(2, WorldOf(new QueueModel(4).Add(QueueModel.Run("a", shards: 4), QueueModel.Run("b", shards: 4))));
        Assert.Equal(3, WorldOf(new QueueModel(4).Add(QueueModel.Run("a", shards: 4, minimum: 3), QueueModel.Run("b", shards: 4))));
        Assert.Equal(4, WorldOf(new QueueModel(4).Add(QueueModel.Run("a", shards: 4), QueueModel.Run("b", priority: -1))));

        static int WorldOf(QueueModel queue) => WorkQueue.Next(queue.State, 4, queue.Now)!.Value.Shards;
    }

    [Fact]
    public void Lose_OneMember_AllAreLostAndWaitAsOneForTheLongestDelay()
    {
        var queue = new QueueModel(3).Add(QueueModel.Run("a", shards: 3), QueueModel.Batch("s", 1));
        queue.HandOut();
        var world = queue.Leased.Count(e => e.IsGang);
        var before = queue.State;
        queue.State = WorkQueue.Lose(before, e => e.WorkId == "train/a/1" ? Gone : null);
        Assert.Equal(world, queue.State.Work.Count(e => e.Lost == Gone));
        Assert.Null(queue.Entry("evaluate/s/1").Lost);
        Assert.All(WorkQueue.Stops(before, queue.State), stop => Assert.Equal(StopReason.LeaseLost, stop.Request.Reason));
        Assert.Equal(world, WorkQueue.Stops(before, queue.State).Count());

        queue.Release("train/a/1", TimeSpan.FromSeconds(4));
        queue.Release("train/a/0", TimeSpan.Zero);
        var waiting = Assert.Single(queue.State.Work, e => e.IsGang);
        Assert.Equal(("train/a/0", null, null, queue.Now.AddSeconds(4)), (waiting.WorkId, waiting.Lease, waiting.Gang, waiting.NotBefore));
        Assert.Equal(new TrainingShardWork("a", "", ""), waiting.Work);

        // Formed anew with what there is, under a higher generation.
        queue.State = WorkQueue.Drain(queue.State, new KnownShard("w0/cpu", new DeviceDescription("cpu", ""), queue.Now));
        queue.Now = queue.Now.AddSeconds(4);
        queue.Release("evaluate/s/1");
        queue.HandOut();
        Assert.Equal(["w1/cpu", "w2/cpu"], queue.Leased.Select(e => e.Lease!.Shard));
        Assert.All(queue.Leased, e => Assert.True(e.Gang!.Generation > 3));
    }

    [Fact]
    public void Release_LastMember_DecidesWhetherItIsQueuedAgain()
    {
        var queue = new QueueModel(2).Add(QueueModel.Run("a", shards: 2));
        queue.HandOut();
        queue.Release("train/a/0");
        queue.Add(QueueModel.Run("a", shards: 2)); // the watchdog of the run: no second one beside the member that is left
        Assert.Equal("train/a/1", Assert.Single(queue.State.Work).WorkId);
        queue.Release("train/a/1");
        Assert.Empty(queue.State.Work);
    }

    [Fact]
    public void Drain_ShardOfOneMember_TheOthersStopToGoOnWithoutIt()
    {
        var queue = new QueueModel(3).Add(QueueModel.Run("a", shards: 3));
        queue.HandOut();
        queue.State = WorkQueue.Drain(queue.State, new KnownShard("w1/cpu", new DeviceDescription("cpu", ""), queue.Now));
        Assert.Equal([StopReason.Regroup, StopReason.Drain, StopReason.Regroup], queue.Leased.Select(e => e.StopRequested));
        foreach (var rank in new[] { 0, 1, 2 })
        {
            queue.Release($"train/a/{rank}", rank == 2 ? TimeSpan.Zero : null);
        }

        queue.HandOut();
        Assert.Equal(["w0/cpu", "w2/cpu"], queue.Leased.Select(e => e.Lease!.Shard));
    }

    [Theory]
    [InlineData(1, false, true)] // a shard is free
    [InlineData(0, false, false)] // none is
    [InlineData(1, true, false)] // other work waits for it
    public void Grow_AfterACheckpoint_OnlyWithAShardThatNobodyWaitsFor(int free, bool isAnotherWaiting, bool grows)
    {
        var queue = new QueueModel(2).Add(QueueModel.Run("a", shards: 3));
        queue.HandOut();
        if (isAnotherWaiting)
        {
            queue.Add(QueueModel.Run("b", shards: 9, minimum: 9));
        }

        var next = WorkQueue.Grow(queue.State, "train/a/0", generation: 1, free, queue.Now);
        Assert.All(next.Work.Where(e => e.Lease is not null), e => Assert.Equal(grows ? StopReason.Regroup : null, e.StopRequested));
        Assert.Same(queue.State, WorkQueue.Grow(queue.State, "train/a/0", generation: 77, free, queue.Now));
    }

    [Fact]
    public void Grow_WholeGang_LeftAlone()
    {
        var queue = new QueueModel(3).Add(QueueModel.Run("a", shards: 2));
        queue.HandOut();
        Assert.Same(queue.State, WorkQueue.Grow(queue.State, "train/a/0", generation: 1, free: 1, queue.Now));
    }
}
