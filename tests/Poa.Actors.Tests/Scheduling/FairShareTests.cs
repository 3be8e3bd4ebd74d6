using CsCheck;

namespace Poa.Actors.Tests.Scheduling;

/// <summary>Who is next: priority, then shares of the shards, then who was served longest ago, then short work before training.</summary>
public sealed class FairShareTests
{
    [Fact]
    public void Order_PriorityThenTurnsThenShortBeforeTraining()
    {
        var queue = new QueueModel(1).Add(
            QueueModel.Run("late", priority: -5), QueueModel.Run("a"), QueueModel.Extraction("a", "48x2"), QueueModel.Batch("s", 1, priority: 1), QueueModel.Batch("s", 2, priority: 1));
        Assert.Equal(["evaluate/s/1", "evaluate/s/2", "extract/a/0/48x2", "train/a/0", "train/late/0"], Drain(queue));
    }

    [Fact]
    public void OneShard_SweepsOfManyJobs_ServedInTurn()
    {
        var queue = new QueueModel(1).Add(Enumerable.Range(1, 3).Select(i => QueueModel.Batch("a", i))).Add(Enumerable.Range(1, 3).Select(i => QueueModel.Batch("b", i)));
        Assert.Equal(["evaluate/a/1", "evaluate/b/1", "evaluate/a/2", "evaluate/b/2", "evaluate/a/3", "evaluate/b/3"], Drain(queue));
    }

    [Fact]
    public void LargeSweep_DoesNotStarveWhatComesLater()
    {
        var queue = new QueueModel(4).Add(Enumerable.Range(1, 500).Select(i => QueueModel.Batch("large", i)));
        queue.HandOut();
        queue.Add(QueueModel.Run("later")).Add(Enumerable.Range(1, 3).Select(i => QueueModel.Batch("small", i)));

        // What holds no shard is first, whatever the large sweep still waits for; where both hold one, it is its turn again.
        var next = new List<string>();
        for (var i = 1; i <= 3; i++)
        {
            queue.Release($"evaluate/large/{i}");
            next.AddRange(queue.HandOut());
        }

        Assert.Equal(["evaluate/small/1", "train/later/0", "evaluate/large/5"], next);
    }

    [Fact]
    public void ManyExtractionsOfARun_AreOneGroup()
    {
        var queue = new QueueModel(1).Add(Enumerable.Range(1, 3).Select(i => QueueModel.Extraction("a", $"48x{i}"))).Add(QueueModel.Batch("s", 1));
        Assert.Equal(["extract/a/0/48x1", "evaluate/s/1", "extract/a/0/48x2", "extract/a/0/48x3"], Drain(queue));
    }

    /// <summary>Whatever comes and goes: a group that waits and holds no shard is served before any other of its priority is served twice.</summary>
    [Fact]
    public void AnySequence_NobodyWaitsWhileAnotherIsServedTwice() => Gen.Select(Gen.Int[1, 6], Gen.Int[0, 5].Array[1, 120]).Sample((shards, steps) =>
    {
        var queue = new QueueModel(shards);
        var servedSince = new Dictionary<string, List<string>>(); // by group that waits without a shard: groups served meanwhile
        var number = 0;
        foreach (var step in steps)
        {
            if (step < 4)
            {
                queue.Add(QueueModel.Batch($"s{step}", ++number));
            }
            else if (queue.Leased is [var first, ..])
            {
                queue.Release(first.WorkId);
            }

            while (WorkQueue.Next(queue.State, queue.Free.Count, queue.Now) is { } choice)
            {
                var group = choice.Entry.Group;
                var waiting = queue.State.Work.Where(e => e.Lease is null).Select(e => e.Group).Distinct()
                    .Where(g => g != group && queue.Leased.All(e => e.Group != g));
                foreach (var other in waiting)
                {
                    var served = servedSince.TryGetValue(other, out var known) ? known : servedSince[other] = [];
                    Assert.DoesNotContain(group, served);
                    served.Add(group);
                }

                servedSince.Remove(group);
                queue.State = WorkQueue.Grant(queue.State, choice.Entry.WorkId, [new Seat(queue.Free[0], "life")], queue.Now);
            }
        }
    });

    private static List<string> Drain(QueueModel queue)
    {
        var order = new List<string>();
        while (queue.HandOut() is { Count: > 0 } granted)
        {
            order.AddRange(granted);
            granted.ForEach(id => queue.Release(id));
        }

        return order;
    }
}
