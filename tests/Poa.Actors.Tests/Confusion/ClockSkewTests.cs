using System.Collections.Concurrent;
using Orleans.TestingHost;
using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Confusion;

/// <summary>Three silos whose clocks differ by up to a minute: leases, retries and histories do not depend on who keeps the books.</summary>
public sealed class ClockSkewTests : IAsyncLifetime
{
    private static readonly TimeSpan[] Skews = [TimeSpan.Zero, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(-30)];
    private readonly ConcurrentDictionary<string, FakeExecutor> _executors = new();
    private readonly ConcurrentDictionary<string, SkewedTime> _clocks = new();
    private int _silos;
    private InProcessTestCluster _cluster = null!;

    private ISchedulerGrain Scheduler => _cluster.Client.GetGrain<ISchedulerGrain>(0);

    public async ValueTask InitializeAsync()
    {
        _cluster = ClusterFixture.Build(
            3,
            name => _executors.GetOrAdd(name, _ => new FakeExecutor()),
            name => name.ToLowerInvariant(),
            new SharedStorage(),
            clockOf: name => _clocks.GetOrAdd(name, _ => new SkewedTime(Skews[Interlocked.Increment(ref _silos) - 1])));
        await _cluster.DeployAsync();
        await Wait.ForAsync(() => Scheduler.GetSnapshotAsync(), s => s.Shards.Length == 3, "three shards are registered");
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task SchedulerMoves_ToAClockThatDiffers_LeasesHoldAndRetriesAreNotDelayed()
    {
        Assert.Equal(Skews.Order(), _clocks.Values.Select(clock => clock.Skew).Order());
        var runs = new List<(ITrainingRunGrain Run, FakeWork Work)>();
        for (var i = 0; i < 3; i++)
        {
            var run = await StartAsync();
            runs.Add((run, await WorkAsync(run, after: 0)));
        }

        foreach (var clock in _clocks.Values)
        {
            // Wherever the scheduler was, it is made anew on a silo with another clock.
            await MoveSchedulerAsync(clock.Skew);
            foreach (var (run, work) in runs)
            {
                Assert.Equal(ReportVerdict.Accepted, await work.CheckpointAsync(1).WaitAsync(Wait.Limit));
                Assert.Equal((RunStatus.Running, 1), ((await run.FindAsync())!.Status, (await run.FindAsync())!.Attempts));
            }

            Assert.All((await Scheduler.GetSnapshotAsync()).Shards, shard => Assert.False(shard.IsLost));
        }

        // A retry that was noted by the fastest clock is not a minute late on the slowest.
        await MoveSchedulerAsync(Skews.Max());
        var started = TimeProvider.System.GetTimestamp();
        await runs[0].Work.FailAsync(retryable: true);
        await MoveSchedulerAsync(Skews.Min());
        var again = await WorkAsync(runs[0].Run, runs[0].Work.Lease.FencingToken);
        Assert.True(again.Lease.FencingToken > runs.Max(pair => pair.Work.Lease.FencingToken));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < Skews.Max() - Skews.Min(), "the retry waited for another clock");

        foreach (var work in runs.Skip(1).Select(pair => pair.Work).Append(again))
        {
            Assert.Equal(ReportVerdict.Accepted, await work.CompleteAsync());
        }

        foreach (var (run, _) in runs)
        {
            var events = (await run.UntilAsync(RunStatus.Completed))!.Events;
            Assert.Equal(Enumerable.Range(1, events.Length).Select(i => (long)i), events.Select(e => e.Sequence));
        }

        await Wait.ForAsync(() => Scheduler.GetSnapshotAsync(), s => s.Work.IsEmpty, "the scheduler has no work left");
    }

    /// <summary>Puts the scheduler down and has it made again on the silo with this skew, unless it is there.</summary>
    private async Task MoveSchedulerAsync(TimeSpan skew)
    {
        var name = _clocks.Single(pair => pair.Value.Skew == skew).Key;
        var target = _cluster.Silos.Single(silo => silo.Name == name).SiloAddress;
        if (!target.Equals(await _cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(Scheduler)))
        {
            await _cluster.MigrateAsync(Scheduler, target).WaitAsync(Wait.Limit);
        }

        await Wait.ForAsync(() => Scheduler.GetSnapshotAsync(), s => s.Shards.Count(shard => !shard.IsLost) == 3, "the scheduler knows all shards again");
    }

    private async Task<ITrainingRunGrain> StartAsync()
    {
        var specification = Specifications.Run();
        var run = _cluster.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        return run;
    }

    private async Task<FakeWork> WorkAsync(ITrainingRunGrain run, long after) => (await Wait.ForAsync(
        () => Task.FromResult(_executors.Values.SelectMany(executor => executor.Started)
            .FirstOrDefault(work => work.Lease.Work.Run == run.GetPrimaryKeyString() && work.Lease.FencingToken > after)),
        work => work is not null,
        $"somebody works on {run.GetPrimaryKeyString()} under a token above {after}"))!;
}

/// <summary>A clock that shows another time; its timers run as all others do.</summary>
public sealed class SkewedTime(TimeSpan skew) : TimeProvider
{
    public TimeSpan Skew { get; } = skew;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Skew;
}
