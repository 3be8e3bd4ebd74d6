using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

/// <summary>Three silos, two of them with a worker of their own: what happens when workers go.</summary>
public sealed class LostWorkerTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, FakeExecutor> _executors = new();
    private InProcessTestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = ClusterFixture.Build(3, name => _executors.GetOrAdd(name, _ => new FakeExecutor()), name => name.ToLowerInvariant(), new SharedStorage(),
            change: actors => actors.LeaseTimeout = TimeSpan.FromHours(1)); // of the loss the membership tells
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Shards_SeveralWorkers_EachOnItsOwnSilo()
    {
        var scheduler = _cluster.Client.GetGrain<ISchedulerGrain>(0);
        var snapshot = await Wait.ForAsync(() => scheduler.GetSnapshotAsync(), s => s.Shards.Length == 3, "three shards are registered");
        Assert.Equal(_cluster.Silos.Select(silo => $"{silo.Name.ToLowerInvariant()}/cpu").Order(), snapshot.Shards.Select(shard => shard.Shard));
        foreach (var shard in snapshot.Shards)
        {
            // The executor that gets the work is that of the silo in the shard's key.
            var specification = Specifications.Run();
            var run = _cluster.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
            await run.CreateAsync(specification);
            await run.StartAsync();
        }

        foreach (var (name, executor) in _executors)
        {
            var work = await executor.NextAsync($"work on {name}", _ => true);
            Assert.Equal(new ShardKey(name.ToLowerInvariant(), "cpu").ToString(), work.Lease.Shard);
        }
    }

    [Fact]
    public async Task KilledSilo_MidRun_LeaseLostByMembershipAndAnotherWorkerGoesOn()
    {
        var specification = Specifications.Run();
        var run = _cluster.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        var (silo, work) = await WhoHasItAsync(specification.RunId, after: 0);
        await work.CheckpointAsync(5);

        await _cluster.KillSiloAsync(silo);
        var survivor = _cluster.Silos.First(other => other.Name != silo.Name);
        await _cluster.GetSiloServiceProvider(survivor.SiloAddress).GetRequiredService<IClusterMembershipService>().TryKill(silo.SiloAddress);
        await _cluster.WaitForLivenessToStabilizeAsync(didKill: true);

        var (other, again) = await WhoHasItAsync(specification.RunId, work.Lease.FencingToken);
        Assert.NotEqual(silo.Name, other.Name);
        Assert.True(again.Lease.FencingToken > work.Lease.FencingToken);
        var snapshot = (await run.FindAsync())!;
        Assert.Contains(snapshot.Events, e => e.Message.Contains(ErrorCodes.WorkerLost, StringComparison.Ordinal));
        Assert.Equal(5, snapshot.LatestCheckpoint!.Iteration);
        Assert.Equal(ReportVerdict.Accepted, await again.CompleteAsync());
        await run.UntilAsync(RunStatus.Completed);
    }

    private async Task<(InProcessSiloHandle Silo, FakeWork Work)> WhoHasItAsync(string run, long after)
    {
        var found = await Wait.ForAsync(
            () => Task.FromResult(_executors.SelectMany(pair => pair.Value.Started.Select(work => (Name: pair.Key, Work: work)))
                .FirstOrDefault(pair => pair.Work.Lease.Work.Run == run && pair.Work.Lease.FencingToken > after)),
            pair => pair.Work is not null,
            $"somebody works on {run} under a token above {after}");
        return (_cluster.Silos.First(silo => silo.Name == found.Name), found.Work);
    }
}
