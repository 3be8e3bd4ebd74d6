using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

public sealed class WorkQueueTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly WorkOwner Owner = new(WorkOwnerKind.TrainingRun, "owner");

    [Fact]
    public void Next_TwoRunsWithManyJobs_ServedInTurn()
    {
        var state = new SchedulerState();
        for (var i = 0; i < 3; i++)
        {
            state = WorkQueue.Enqueue(state, Short($"a{i}", "run-a"), Now);
        }

        for (var i = 0; i < 3; i++)
        {
            state = WorkQueue.Enqueue(state, Short($"b{i}", "run-b"), Now);
        }

        Assert.Equal(["a0", "b0", "a1", "b1", "a2", "b2"], Drain(state));
    }

    [Fact]
    public void Next_PriorityThenShortBeforeTraining()
    {
        var state = new SchedulerState();
        state = WorkQueue.Enqueue(state, new WorkRequest("train", new TrainingShardWork("run-a", "", ""), Owner), Now);
        state = WorkQueue.Enqueue(state, Short("short", "run-a"), Now);
        state = WorkQueue.Enqueue(state, Short("urgent", "run-b") with { Priority = 1 }, Now);
        Assert.Equal(["urgent", "short", "train"], Drain(state));
    }

    [Fact]
    public void Grant_Always_TokensRiseStrictly()
    {
        var state = WorkQueue.Enqueue(new SchedulerState(), Short("w", "run-a"), Now);
        long last = 0;
        for (var i = 0; i < 5; i++)
        {
            state = WorkQueue.Grant(state, "w", "local/cpu", "life", Now);
            var token = WorkQueue.Find(state, "w")!.Lease!.FencingToken;
            Assert.True(token > last);
            last = token;
            state = WorkQueue.Release(state, "w", token, TimeSpan.Zero, Now);
        }

        Assert.Equal(5, WorkQueue.Find(state, "w")!.Attempt);
    }

    [Fact]
    public void Release_OtherToken_ChangesNothing()
    {
        var state = WorkQueue.Grant(WorkQueue.Enqueue(new SchedulerState(), Short("w", "run-a"), Now), "w", "local/cpu", "life", Now);
        Assert.Same(state, WorkQueue.Release(state, "w", 99, null, Now));
    }

    [Fact]
    public void Next_Delayed_NotBeforeItsTime()
    {
        var state = WorkQueue.Enqueue(new SchedulerState(), Short("w", "run-a") with { Delay = TimeSpan.FromSeconds(5) }, Now);
        Assert.Null(WorkQueue.Next(state, Now.AddSeconds(4)));
        Assert.NotNull(WorkQueue.Next(state, Now.AddSeconds(5)));
    }

    [Fact]
    public void Enqueue_KnownWork_LeftAsItIs()
    {
        var state = WorkQueue.Enqueue(new SchedulerState(), Short("w", "run-a"), Now);
        Assert.Same(state, WorkQueue.Enqueue(state, Short("w", "run-a"), Now));
    }

    private static WorkRequest Short(string id, string run) => new(id, new ExtractionWork(run, 0, "48x2", ""), Owner);

    private static List<string> Drain(SchedulerState state)
    {
        var order = new List<string>();
        while (WorkQueue.Next(state, Now) is { } entry)
        {
            order.Add(entry.WorkId);
            state = WorkQueue.Grant(state, entry.WorkId, "local/cpu", "life", Now);
            state = WorkQueue.Release(state, entry.WorkId, state.LastToken, null, Now);
        }

        return order;
    }
}
