using CsCheck;
using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

/// <summary>What holds in the scheduler's books whatever happens, in whatever order.</summary>
public sealed class QueueInvariantTests
{
    private static readonly WorkError Gone = new(ErrorCodes.WorkerLost, "gone", "look", Retryable: true);

    private enum Event
    {
        Arrive,
        HandOut,
        Finish,
        Stop,
        Lose,
        TellOwner,
        Grow,
        Preempt,
        Drain,
        Resume,
        Watchdog,
    }

    [Fact]
    public void AnySequence_GangsAreWholeOrWaitAndNoShardWorksTwice() =>
        Gen.Select(Gen.Int[1, 5], Gen.Select(Gen.Enum<Event>(), Gen.Int[0, 1000]).Array[1, 150]).Sample((shards, events) =>
        {
            var queue = new QueueModel(shards);
            long lastToken = 0;
            foreach (var (what, number) in events)
            {
                Apply(queue, what, number, shards);
                Assert.True(queue.State.LastToken >= lastToken);
                lastToken = queue.State.LastToken;
                Check(queue);
            }

            // Whoever waits gets through once shards are there and everybody ends: no half gangs wait for each other.
            for (var i = 0; i < shards; i++)
            {
                Apply(queue, Event.Resume, i, shards);
            }

            queue.Now = queue.Now.AddDays(1);
            for (var round = 0; queue.State.Work.Any(e => e.MinimumShards <= shards); round++)
            {
                Assert.True(round < 1000, "work waits for ever");
                queue.HandOut();
                Check(queue);
                foreach (var entry in queue.Leased)
                {
                    queue.State = WorkQueue.Replace(queue.State, entry with { Again = false });
                    queue.Release(entry.WorkId);
                }
            }
        });

    private static void Apply(QueueModel queue, Event what, int number, int shards)
    {
        var leased = queue.Leased;
        var one = leased.Count > 0 ? leased[number % leased.Count] : null;
        switch (what)
        {
            case Event.Arrive:
                var wanted = 1 + (number % 4);
                queue.Add(number % 3 == 0
                    ? QueueModel.Batch($"s{number % 2}", number, number % 4 * 10)
                    : QueueModel.Run($"r{number % 5}", number % 3 * 10, wanted, 1 + (number / 7 % wanted)));
                break;
            case Event.Watchdog when queue.State.Work.FirstOrDefault(e => e.Work is TrainingShardWork) is { } known:
                queue.Add(QueueModel.Run(known.Work.Run, known.Priority, known.Shards, known.MinimumShards));
                break;
            case Event.HandOut:
                queue.HandOut();
                break;
            case Event.Finish when one is not null:
                queue.Release(one.WorkId);
                break;
            case Event.Stop when one is not null:
                queue.State = WorkQueue.Stop(queue.State, e => e.Owner == one.Owner, number % 2 == 0 ? StopReason.Pause : StopReason.Regroup);
                break;
            case Event.Lose when one is not null:
                queue.State = WorkQueue.Lose(queue.State, e => e.WorkId == one.WorkId ? Gone : null);
                break;
            case Event.TellOwner when leased.FirstOrDefault(e => e.Lost is not null) is { } lost:
                queue.Release(lost.WorkId, TimeSpan.FromSeconds(number % 3));
                break;
            case Event.Grow when one is { IsGang: true }:
                queue.State = WorkQueue.Grow(queue.State, WorkId.Training(one.Work.Run, 0), one.Gang?.Generation ?? one.Lease!.FencingToken, queue.Free.Count, queue.Now);
                break;
            case Event.Preempt:
                queue.State = WorkQueue.Preempt(queue.State, queue.Free.Count, 10, queue.Now);
                break;
            case Event.Drain:
                queue.State = WorkQueue.Drain(queue.State, new KnownShard($"w{number % shards}/cpu", new DeviceDescription("cpu", ""), queue.Now));
                break;
            case Event.Resume:
                queue.State = queue.State with { Shards = queue.State.Shards.Remove($"w{number % shards}/cpu") };
                break;
        }

        queue.Now = queue.Now.AddSeconds(1);
    }

    private static void Check(QueueModel queue)
    {
        Assert.Equal(queue.State.Work.Length, queue.State.Work.Select(e => e.WorkId).Distinct().Count());
        Assert.Equal(queue.Leased.Count, queue.Leased.Select(e => e.Lease!.FencingToken).Distinct().Count());
        Assert.All(queue.Leased.GroupBy(e => e.Lease!.Shard), shard => Assert.Single(shard));
        foreach (var gang in queue.State.Work.Where(e => e.IsGang).GroupBy(e => e.Owner))
        {
            if (gang.Any(e => e.Lease is null))
            {
                Assert.Equal(WorkId.Training(gang.Key.Key, 0), Assert.Single(gang).WorkId);
                continue;
            }

            var generation = Assert.Single(gang.Select(e => e.Gang?.Generation ?? e.Lease!.FencingToken).Distinct());
            Assert.All(gang, e =>
            {
                var world = e.Gang?.World ?? 1;
                Assert.InRange(world, e.MinimumShards, e.Shards);
                Assert.Equal(generation + (e.Gang?.Rank ?? 0), e.Lease!.FencingToken);
            });
            Assert.Equal(gang.Any(e => e.Lost is not null), gang.All(e => e.Lost is not null));
        }
    }
}
