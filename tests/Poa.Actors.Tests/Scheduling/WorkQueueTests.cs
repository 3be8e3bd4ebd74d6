using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

public sealed class WorkQueueTests
{
    [Fact]
    public void Grant_Always_TokensRiseStrictly()
    {
        var queue = new QueueModel(1).Add(QueueModel.Run("a"));
        long last = 0;
        for (var i = 0; i < 5; i++)
        {
            queue.HandOut();
            var token = queue.Leased[0].Lease!.FencingToken;
            Assert.True(token > last);
            last = token;
            queue.Release("train/a/0", TimeSpan.Zero);
        }

        Assert.Equal(5, queue.Entry("train/a/0").Attempt);
    }

    [Fact]
    public void Release_OtherToken_ChangesNothing()
    {
        var queue = new QueueModel(1).Add(QueueModel.Run("a"));
        queue.HandOut();
        Assert.Same(queue.State, WorkQueue.Release(queue.State, "train/a/0", 99, null, queue.Now));
    }

    [Fact]
    public void Next_Delayed_NotBeforeItsTime()
    {
        var queue = new QueueModel(1).Add(QueueModel.Run("a") with { Delay = TimeSpan.FromSeconds(5) });
        Assert.Null(WorkQueue.Next(queue.State, 1, queue.Now.AddSeconds(4)));
        Assert.NotNull(WorkQueue.Next(queue.State, 1, queue.Now.AddSeconds(5)));
    }

    [Fact]
    public void Enqueue_KnownWork_LeftAsItIs()
    {
        var queue = new QueueModel(1).Add(QueueModel.Run("a"));
        Assert.Same(queue.State, WorkQueue.Enqueue(queue.State, QueueModel.Run("a"), queue.Now));
    }

    [Theory]
    [InlineData(StopReason.Pause, StopReason.Cancel, StopReason.Cancel)]
    [InlineData(StopReason.Cancel, StopReason.Pause, StopReason.Cancel)]
    [InlineData(StopReason.Preempt, StopReason.Pause, StopReason.Pause)]
    [InlineData(StopReason.Pause, StopReason.Drain, StopReason.Pause)]
    [InlineData(StopReason.Drain, StopReason.Preempt, StopReason.Drain)]
    public void Stop_Twice_TheMoreUrgentReasonHolds(StopReason first, StopReason second, StopReason expected)
    {
        var queue = new QueueModel(1).Add(QueueModel.Run("a"));
        queue.HandOut();
        var once = WorkQueue.Stop(queue.State, _ => true, first);
        var twice = WorkQueue.Stop(once, _ => true, second);
        Assert.Equal(expected, WorkQueue.Find(twice, "train/a/0")!.StopRequested);
        Assert.Equal(expected == first ? [] : [expected], WorkQueue.Stops(once, twice).Select(stop => stop.Request.Reason));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(1000, 60)]
    public void BackOff_EachFailure_TwiceAsLongUpToTheLongestAndAlwaysTheSame(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new PoaActorsOptions().BackOff(failures));
}
