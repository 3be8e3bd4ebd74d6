using System.Collections.Concurrent;
using Orleans.TestingHost;
using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

/// <summary>Three silos, each with a worker: runs on several shards together.</summary>
public sealed class GangTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, FakeExecutor> _executors = new();
    private InProcessTestCluster _cluster = null!;

    private ISchedulerGrain Scheduler => _cluster.Client.GetGrain<ISchedulerGrain>(0);

    public async ValueTask InitializeAsync()
    {
        _cluster = ClusterFixture.Build(
            3,
            name => _executors.GetOrAdd(name, _ => new FakeExecutor { ExchangeAddress = $"{name}:1234" }),
            name => name.ToLowerInvariant(),
            new SharedStorage());
        await _cluster.DeployAsync();
        await ShardsAsync(3);
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Run_OnTwoShards_BothAtOnceAndRankZeroSpeaksForIt()
    {
        var run = await StartAsync(shards: 2, minimum: 2);
        var gang = await GangAsync(run, world: 2);
        var generation = gang[0].Lease.FencingToken;
        Assert.All(gang, (member, rank) =>
        {
            Assert.Equal((rank, generation, 2), (member.Lease.Gang!.Rank, member.Lease.Gang.Generation, member.Lease.Gang.World));
            Assert.Equal(gang.Select(m => m.Lease.Shard), member.Lease.Gang.Members.Select(m => m.Shard));
            Assert.All(member.Lease.Gang.Members, m => Assert.Equal($"{m.Shard.Split('/')[0]}:1234", m.Address, ignoreCase: true));
        });
        Assert.Equal(gang.Select(m => m.Lease.Shard), (await run.FindAsync())!.Shards);

        await gang[0].CheckpointAsync(0);
        await gang[0].Reporter.ProgressAsync(new WorkProgress { Done = 3, Total = 10 });
        Assert.Equal(ReportVerdict.Accepted, await gang[1].Reporter.ProgressAsync(new WorkProgress { Done = 2, Total = 10 }));
        Assert.Equal(3, (await run.FindAsync())!.Progress!.Done);
        Assert.Equal(ReportVerdict.Accepted, await gang[1].CompleteAsync());
        Assert.Equal(RunStatus.Running, (await run.FindAsync())!.Status);
        Assert.Equal(ReportVerdict.Accepted, await gang[0].CompleteAsync());
        Assert.Equal(RunStatus.Completed, (await run.FindAsync())!.Status);
        await QueueEmptyAsync();
    }

    [Fact]
    public async Task KilledMember_ReformedWithTheRestThenGrownAtACheckpoint()
    {
        var run = await StartAsync(shards: 3, minimum: 2);
        var gang = await GangAsync(run, world: 3);
        await gang[0].CheckpointAsync(5);
        var killed = _cluster.Silos.First(silo => silo.Name.ToLowerInvariant() == ShardKey.Parse(gang[2].Lease.Shard).Worker);
        await _cluster.KillSiloAsync(killed);
        await _cluster.WaitForLivenessToStabilizeAsync(didKill: true);

        await Wait.ForAsync(() => run.FindAsync(), s => s!.Events.Any(IsLoss), "the run has heard of the loss");
        foreach (var survivor in gang.Take(2))
        {
            Assert.Equal(StopReason.LeaseLost, await survivor.StopRequestedAsync());
            Assert.Equal(ReportVerdict.Refused, await survivor.CheckpointAsync(6));
        }

        var smaller = await GangAsync(run, world: 2, after: gang[2].Lease.FencingToken);
        Assert.Equal([5L], (await run.FindAsync())!.Checkpoints.Select(c => c.Iteration));
        Assert.Equal(1, (await run.FindAsync())!.Events.Count(IsLoss));

        await _cluster.StartAdditionalSiloAsync();
        await Wait.ForAsync(
            () => Scheduler.GetSnapshotAsync(), s => s.Shards.Count(shard => !shard.IsLost && shard.WorkId is null) == 1, "a third worker is there and free");
        await smaller[0].CheckpointAsync(7);
        foreach (var member in smaller)
        {
            Assert.Equal(StopReason.Regroup, await member.StopRequestedAsync());
            Assert.Equal(ReportVerdict.Accepted, await member.StopAsAskedAsync(StopReason.Regroup));
        }

        var whole = await GangAsync(run, world: 3, after: smaller[1].Lease.FencingToken);
        await whole[0].CompleteAsync();
        await whole[1].CompleteAsync();
        await whole[2].CompleteAsync();
        await run.UntilAsync(RunStatus.Completed);
        await QueueEmptyAsync();
    }

    [Fact]
    public async Task MemberFails_OthersLoseTheirLeasesAndAllBeginAnew()
    {
        var run = await StartAsync(shards: 2, minimum: 2);
        var gang = await GangAsync(run, world: 2);
        await gang[0].CheckpointAsync(1);
        Assert.Equal(ReportVerdict.Accepted, await gang[1].FailAsync(retryable: true));
        Assert.Equal(StopReason.LeaseLost, await gang[0].StopRequestedAsync());
        var again = await GangAsync(run, world: 2, after: gang[1].Lease.FencingToken);

        // A stale generation, after the new one has begun.
        Assert.Equal(ReportVerdict.Refused, await gang[0].CheckpointAsync(2));
        Assert.Equal(ReportVerdict.Refused, await gang[0].Reporter.CompletedAsync(new WorkCompletion()));
        Assert.Equal([1L], (await run.FindAsync())!.Checkpoints.Select(c => c.Iteration));
        Assert.Equal(2, (await run.FindAsync())!.Attempts);

        Assert.Equal(ReportVerdict.Accepted, await again[1].FailAsync(retryable: false));
        Assert.Equal(StopReason.LeaseLost, await again[0].StopRequestedAsync());
        Assert.Equal(RunStatus.Failed, (await run.FindAsync())!.Status);
        await QueueEmptyAsync();
    }

    [Fact]
    public async Task Diverged_RankZeroTellsOfItAndAllAreToldTheSameCourse()
    {
        var run = await StartAsync(shards: 2, minimum: 2);
        var gang = await GangAsync(run, world: 2);
        foreach (var iteration in new[] { 0, 10 })
        {
            await gang[0].CheckpointAsync(iteration);
        }

        // The other stops at the same step, and may be heard first.
        Assert.Equal(ReportVerdict.Accepted, await gang[1].StopAsAskedAsync(StopReason.Regroup));
        Assert.Equal(StopReason.Regroup, await gang[0].StopRequestedAsync());
        Assert.Equal(ReportVerdict.Accepted, await gang[0].EndAsync(gang[0].Reporter.DivergedAsync(new TrainingDivergence(TrainingDivergenceKind.NotFinite, 12, 31))));

        var again = await GangAsync(run, world: 2, after: gang[1].Lease.FencingToken);
        foreach (var member in again)
        {
            var course = (await member.Reporter.CourseAsync())!;
            Assert.Equal([10L], course.Targets);
            Assert.Equal(0.5, course.LearningRateFactor);
        }

        // Once more, with the other still at it when rank 0 has told.
        await again[0].EndAsync(again[0].Reporter.DivergedAsync(new TrainingDivergence(TrainingDivergenceKind.NotFinite, 12, 31)));
        Assert.Equal(StopReason.LeaseLost, await again[1].StopRequestedAsync());
        Assert.Equal(ReportVerdict.Refused, await again[1].StopAsAskedAsync(StopReason.Regroup));
        var last = await GangAsync(run, world: 2, after: again[1].Lease.FencingToken);
        Assert.Equal(0.25, (await last[1].Reporter.CourseAsync())!.LearningRateFactor);
        await last[1].CompleteAsync();
        await last[0].CompleteAsync();
        await run.UntilAsync(RunStatus.Completed);
        await QueueEmptyAsync();
    }

    [Fact]
    public async Task Pause_PausedWhenTheLastMemberHasStoppedAndResumedAsAWhole()
    {
        var run = await StartAsync(shards: 2, minimum: 2);
        var gang = await GangAsync(run, world: 2);
        await run.PauseAsync();
        Assert.Equal(StopReason.Pause, await gang[0].StopRequestedAsync());
        Assert.Equal(StopReason.Pause, await gang[1].StopRequestedAsync());
        await gang[0].StopAsAskedAsync(StopReason.Pause);
        Assert.Equal(RunStatus.Pausing, (await run.FindAsync())!.Status);
        await gang[1].StopAsAskedAsync(StopReason.Pause);
        Assert.Equal(RunStatus.Paused, (await run.FindAsync())!.Status);

        await run.ResumeAsync();
        var again = await GangAsync(run, world: 2, after: gang[1].Lease.FencingToken);
        await run.CancelAsync();
        await again[1].StopAsAskedAsync(await again[1].StopRequestedAsync());
        await again[0].StopAsAskedAsync(await again[0].StopRequestedAsync());
        await run.UntilAsync(RunStatus.Cancelled);
        await QueueEmptyAsync();
    }

    [Fact]
    public async Task Drain_ShardOfAMember_GoesOnWithTheOthers()
    {
        var run = await StartAsync(shards: 3, minimum: 1);
        var gang = await GangAsync(run, world: 3);
        await Scheduler.DrainShardAsync(gang[1].Lease.Shard);
        StopReason[] reasons = [await gang[0].StopRequestedAsync(), await gang[1].StopRequestedAsync(), await gang[2].StopRequestedAsync()];
        Assert.Equal([StopReason.Regroup, StopReason.Drain, StopReason.Regroup], reasons);
        await gang[0].CheckpointAsync(4);
        foreach (var (member, reason) in gang.Zip(reasons))
        {
            await member.StopAsAskedAsync(reason);
        }

        var smaller = await GangAsync(run, world: 2, after: gang[2].Lease.FencingToken);
        Assert.DoesNotContain(gang[1].Lease.Shard, smaller.Select(m => m.Lease.Shard));
        Assert.Equal(RunStatus.Running, (await run.FindAsync())!.Status);
        foreach (var member in smaller)
        {
            await member.CompleteAsync();
        }

        await QueueEmptyAsync();
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(2, 3, 0)]
    [InlineData(2, 0, 0)]
    [InlineData(1, 1, 101)]
    public async Task Create_FiguresOutOfRange_Refused(int shards, int minimum, int priority)
    {
        var specification = Specifications.Run() with { Shards = shards, MinimumShards = minimum, Priority = priority };
        var e = await Assert.ThrowsAsync<PoaException>(() => _cluster.Client.GetGrain<ITrainingRunGrain>(specification.RunId).CreateAsync(specification));
        Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
        Assert.NotEmpty(e.Remedy);
    }

    private static bool IsLoss(RunEvent e) => e.Message.Contains(ErrorCodes.WorkerLost, StringComparison.Ordinal);

    private async Task<ITrainingRunGrain> StartAsync(int shards, int minimum)
    {
        var specification = Specifications.Run() with { Shards = shards, MinimumShards = minimum };
        var run = _cluster.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        return run;
    }

    /// <summary>Waits for all members of one generation, and returns them by rank.</summary>
    private async Task<IReadOnlyList<FakeWork>> GangAsync(ITrainingRunGrain run, int world, long after = 0)
    {
        var id = run.GetPrimaryKeyString();
        return await Wait.ForAsync(
            () => Task.FromResult(_executors.Values.SelectMany(executor => executor.Started)
                .Where(work => work.Lease.Work.Run == id && work.Lease.FencingToken > after && work.Lease.Gang?.World == world)
                .OrderBy(work => work.Lease.Gang!.Rank).ToList()),
            gang => gang.Count == world,
            $"{world} shards work on {id} together under tokens above {after}");
    }

    private Task<SchedulerSnapshot> ShardsAsync(int count) =>
        Wait.ForAsync(() => Scheduler.GetSnapshotAsync(), s => s.Shards.Length == count, $"{count} shards are registered");

    private Task QueueEmptyAsync() => Wait.ForAsync(() => Scheduler.GetSnapshotAsync(), s => s.Work.IsEmpty, "the scheduler has no work left");
}
