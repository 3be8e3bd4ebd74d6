using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

/// <summary>Which work is asked to make room for what is far more urgent.</summary>
public sealed class PreemptionQueueTests
{
    private const int Difference = 10;

    [Theory]
    [InlineData(9, 0, false)]
    [InlineData(10, 0, true)]
    [InlineData(5, -5, true)]
    public void Preempt_ByTheDifferenceOfPriorities(int waiting, int running, bool yields)
    {
        var queue = new QueueModel(1).Add(QueueModel.Run("low", running));
        queue.HandOut();
        queue.Add(QueueModel.Run("high", waiting));
        Assert.Equal(yields ? StopReason.Preempt : null, Preempted(queue).Entry("train/low/0").StopRequested);
    }

    [Fact]
    public void Preempt_LowestFirstThenWhatWasBegunLast_AsManyAsAreNeeded()
    {
        var queue = new QueueModel(3).Add(QueueModel.Run("a"), QueueModel.Run("b"), QueueModel.Run("c", -1));
        queue.HandOut();
        queue.Add(Enumerable.Range(1, 2).Select(i => QueueModel.Batch("urgent", i, 50)));
        Preempted(queue);
        Assert.Equal(["train/b/0", "train/c/0"], Yielding(queue));
        Assert.Same(queue.State, Preempted(queue).State); // what makes room already counts
        queue.Release("train/c/0", TimeSpan.Zero);
        Assert.Equal(["evaluate/urgent/1"], queue.HandOut());
        Assert.Null(queue.Entry("train/c/0").Lease);
    }

    [Fact]
    public void Preempt_Gang_YieldsAsAWhole()
    {
        var queue = new QueueModel(3).Add(QueueModel.Run("gang", shards: 2), QueueModel.Run("other", priority: 45));
        queue.HandOut();
        queue.Add(QueueModel.Run("high", priority: 50));
        Preempted(queue);
        Assert.Equal(["train/gang/0", "train/gang/1"], Yielding(queue));
    }

    [Fact]
    public void Preempt_ForAGang_AllItNeedsOrNothing()
    {
        var queue = new QueueModel(3).Add(QueueModel.Run("a"), QueueModel.Run("b"), QueueModel.Run("equal", priority: 20));
        queue.HandOut();
        queue.Add(QueueModel.Run("gang", priority: 20, shards: 3, minimum: 3));
        Assert.Empty(Yielding(Preempted(queue)));
        queue.Add(QueueModel.Run("pair", priority: 20, shards: 3, minimum: 2));
        Assert.Equal(["train/a/0", "train/b/0"], Yielding(Preempted(queue)));
    }

    [Fact]
    public void Preempt_ShortWork_IsLeftToEnd()
    {
        var queue = new QueueModel(1).Add(QueueModel.Extraction("a", "48x2"));
        queue.HandOut();
        queue.Add(QueueModel.Run("high", priority: 100));
        Assert.Empty(Yielding(Preempted(queue)));
    }

    private static QueueModel Preempted(QueueModel queue)
    {
        queue.State = WorkQueue.Preempt(queue.State, queue.Free.Count, Difference, queue.Now);
        return queue;
    }

    private static IEnumerable<string> Yielding(QueueModel queue) => queue.Leased.Where(e => e.StopRequested == StopReason.Preempt).Select(e => e.WorkId);
}
