using System.Collections.Concurrent;
using Orleans.TestingHost;
using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

/// <summary>Operators take shards out of service and put them back: two silos, each with a worker.</summary>
public sealed class OperatorDrainTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, FakeExecutor> _executors = new();
    private readonly SharedStorage _storage = new();
    private InProcessTestCluster _cluster = null!;

    private ISchedulerGrain Scheduler => _cluster.Client.GetGrain<ISchedulerGrain>(0);

    public async ValueTask InitializeAsync()
    {
        _cluster = Build();
        await _cluster.DeployAsync();
        await RegisteredAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Drain_RunningRun_StopsWithACheckpointAndGoesToTheOtherShard()
    {
        var run = await StartAsync();
        var (shard, work) = await WhoHasItAsync(run, after: 0);
        var standing = await Wait.ForAsync(() => StandingAsync(shard), s => s.WorkId is not null && s.Vitals is not null, "work and vitals are listed");
        Assert.Equal((work.Lease.WorkId, new WorkOwner(WorkOwnerKind.TrainingRun, run.GetPrimaryKeyString())), (standing.WorkId, standing.Owner));
        Assert.NotNull(standing.LeaseSince);

        Assert.True((await Scheduler.DrainShardAsync(shard)).IsDrainedByOperator);
        Assert.True((await Scheduler.DrainShardAsync(shard)).IsDraining);
        Assert.Equal(StopReason.Drain, await work.StopRequestedAsync());
        await work.CheckpointAsync(4);
        await work.StopAsAskedAsync(StopReason.Drain);

        var (other, again) = await WhoHasItAsync(run, work.Lease.FencingToken);
        Assert.NotEqual(shard, other);
        Assert.Contains((await run.FindAsync())!.Events, e => e.Message.Contains($"an operator drains {shard}", StringComparison.Ordinal));
        await again.CompleteAsync();
        await run.UntilAsync(RunStatus.Completed);
    }

    [Fact]
    public async Task Drain_AllShards_RunWaitsOverARestartUntilOneIsResumed()
    {
        var shards = (await Scheduler.GetSnapshotAsync()).Shards.Select(s => s.Shard).ToList();
        foreach (var shard in shards)
        {
            await Scheduler.DrainShardAsync(shard);
        }

        var run = await StartAsync();
        await _cluster.DisposeAsync();
        _cluster = Build();
        await _cluster.DeployAsync();
        await RegisteredAsync();
        run = _cluster.Client.GetGrain<ITrainingRunGrain>(run.GetPrimaryKeyString());
        var snapshot = await Scheduler.GetSnapshotAsync();
        Assert.All(snapshot.Shards, s => Assert.True(s is { IsDrainedByOperator: true, IsDraining: true, WorkId: null }));
        Assert.Equal(RunStatus.Queued, (await run.FindAsync())!.Status);

        Assert.False((await Scheduler.ResumeShardAsync(shards[1])).IsDraining);
        var (taken, work) = await WhoHasItAsync(run, after: 0);
        Assert.Equal(shards[1], taken);
        await work.CompleteAsync();
    }

    [Fact]
    public async Task Drain_UnknownShard_NotFoundWithTheKnownOnes()
    {
        var e = await Assert.ThrowsAsync<PoaException>(() => Scheduler.DrainShardAsync("nobody/cpu"));
        Assert.Equal(ErrorCodes.ShardNotFound, e.Code);
        Assert.Contains((await Scheduler.GetSnapshotAsync()).Shards[0].Shard, e.Remedy, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.ShardNotFound, (await Assert.ThrowsAsync<PoaException>(() => Scheduler.ResumeShardAsync("nobody/cpu"))).Code);
    }

    [Fact]
    public async Task KilledWorker_ListedAsLostThenForgottenButNotIfDrained()
    {
        await _cluster.StartAdditionalSiloAsync();
        var shards = (await Wait.ForAsync(() => Scheduler.GetSnapshotAsync(), s => s.Shards.Length == 3, "three shards are registered")).Shards;
        await Scheduler.DrainShardAsync(shards[2].Shard);
        foreach (var shard in shards.Skip(1))
        {
            await _cluster.KillSiloAsync(_cluster.Silos.Single(silo => new ShardKey(Worker(silo.Name), "cpu").ToString() == shard.Shard));
        }

        await _cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        await Wait.ForAsync(() => StandingAsync(shards[1].Shard), s => s.IsLost, "the shard is listed as lost");
        var left = await Wait.ForAsync(() => Scheduler.GetSnapshotAsync(), s => s.Shards.Length == 2, "the lost shard is forgotten");
        Assert.Equal([shards[0].Shard, shards[2].Shard], left.Shards.Select(s => s.Shard));
        Assert.True(left.Shards[1] is { IsLost: true, IsDrainedByOperator: true });
        await Scheduler.ResumeShardAsync(shards[2].Shard);
        await Wait.ForAsync(() => Scheduler.GetSnapshotAsync(), s => s.Shards.Length == 1, "the resumed shard is forgotten");
    }

    private static string Worker(string silo) => silo.ToLowerInvariant();

    private InProcessTestCluster Build() => ClusterFixture.Build(2, name => _executors.GetOrAdd(name, _ => new FakeExecutor()), Worker, _storage);

    private Task RegisteredAsync() => Wait.ForAsync(
        () => Scheduler.GetSnapshotAsync(), s => s.Shards.Count(shard => !shard.IsLost) == 2, "two shards are registered");

    private async Task<ShardStanding> StandingAsync(string shard) => (await Scheduler.GetSnapshotAsync()).Shards.Single(s => s.Shard == shard);

    private async Task<ITrainingRunGrain> StartAsync()
    {
        var specification = Specifications.Run();
        var run = _cluster.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        return run;
    }

    private async Task<(string Shard, FakeWork Work)> WhoHasItAsync(ITrainingRunGrain run, long after)
    {
        var id = run.GetPrimaryKeyString();
        var work = await Wait.ForAsync(
            () => Task.FromResult(_executors.Values.SelectMany(executor => executor.Started).FirstOrDefault(w => w.Lease.Work.Run == id && w.Lease.FencingToken > after)),
            w => w is not null,
            $"somebody works on {id} under a token above {after}");
        return (work!.Lease.Shard, work);
    }
}
