using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Confusion;

/// <summary>Clients and workers that do not know better: stale leases, replays, commands given twice or at the same time.</summary>
[Collection(OneDevice.Name)]
public sealed class ConfusionTests(ClusterFixture fixture)
{
    private FakeExecutor Executor => fixture.Executor;

    private ISchedulerGrain Scheduler => fixture.Client.GetGrain<ISchedulerGrain>(0);

    [Fact]
    public async Task StaleLease_OfASecondClient_MovesNothing()
    {
        var (run, first) = await fixture.StartedAsync();
        await first.CheckpointAsync(1);
        await run.PauseAsync();
        await first.StopAsAskedAsync(await first.StopRequestedAsync());
        await run.ResumeAsync();
        var work = await Executor.TrainingAsync(run.GetPrimaryKeyString(), first.Lease.FencingToken);
        var before = (await run.FindAsync())!;

        // Somebody who still believes in the old lease: worker, shard, scheduler and owner each hear of it.
        var shard = fixture.Client.GetGrain<IWorkerShardGrain>(work.Lease.Shard);
        await shard.AcceptAsync(first.Lease);
        Assert.False(await run.LeaseGrantedAsync(first.Lease));
        await Scheduler.ReleaseAsync(first.Lease.WorkId, first.Lease.FencingToken, null);
        await run.LeaseLostAsync(first.Lease.WorkId, first.Lease.FencingToken, new WorkError(ErrorCodes.WorkerLost, "gone", "look", Retryable: true));
        await shard.StopAsync(new StopRequest(first.Lease.WorkId, first.Lease.FencingToken, StopReason.Cancel));
        Assert.Equal(ReportVerdict.Refused, await first.CheckpointAsync(7));
        Assert.Equal(ReportVerdict.Refused, await first.Reporter.CompletedAsync(new WorkCompletion()));
        Assert.Equal(ReportVerdict.Refused, await first.Reporter.FailedAsync(new WorkError("x", "y", "z")));
        Assert.Equal(ReportVerdict.Refused, await first.Reporter.StoppedAsync(StopReason.Cancel));

        Assert.Equal(before with { Checkpoints = [], Events = [], Sweeps = [], Extractions = [], Shards = [] },
            (await run.FindAsync())! with { Checkpoints = [], Events = [], Sweeps = [], Extractions = [], Shards = [] });
        Assert.Equal([1L], (await run.FindAsync())!.Checkpoints.Select(c => c.Iteration));
        var standing = Assert.Single((await Scheduler.GetSnapshotAsync()).Work);
        Assert.Equal((work.Lease.FencingToken, work.Lease.Shard), (standing.FencingToken, standing.Shard));
        Assert.Equal(2, Executor.Started.Count(w => w.Lease.Work.Run == run.GetPrimaryKeyString()));
        await work.CompleteAsync();
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Reports_Replayed_CountOnce()
    {
        var (run, work) = await fixture.StartedAsync();
        var owner = work.Lease.Owner;
        var shard = fixture.Client.GetGrain<IWorkerShardGrain>(work.Lease.Shard);
        var checkpoint = new CheckpointReport(work.Lease.WorkId, work.Lease.FencingToken, new RunCheckpoint(3, new string('a', 64), 10, DateTimeOffset.UnixEpoch));
        var failed = new FailedReport(work.Lease.WorkId, work.Lease.FencingToken, new WorkError("test-fault", "It broke.", "Mend it.", Retryable: true));
        await shard.ReportAsync(owner, checkpoint);
        await shard.ReportAsync(owner, checkpoint);
        Assert.Single((await run.FindAsync())!.Checkpoints);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => shard.ReportAsync(owner, failed)));
        await work.EndAsync(Task.FromResult(ReportVerdict.Accepted));
        var again = await Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        Assert.Single((await run.FindAsync())!.Events, e => e.Message.Contains("It broke.", StringComparison.Ordinal));

        // Once the next lease is there the replay is one of a stale lease.
        Assert.Equal(ReportVerdict.Refused, (await shard.ReportAsync(owner, failed)).Verdict);
        Assert.Equal(RunStatus.Running, (await run.FindAsync())!.Status);
        await again.CompleteAsync();
        Assert.Equal(2, (await run.FindAsync())!.Attempts);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Commands_ManyAtOnce_EqualOnce()
    {
        var specification = Specifications.Run();
        var run = fixture.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await run.CreateAsync(specification with { });
            await run.StartAsync();
        }));
        var work = await Executor.TrainingAsync(specification.RunId);
        await work.CheckpointAsync(0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => run.PauseAsync()));
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        await run.UntilAsync(RunStatus.Paused);
        var events = (await run.FindAsync())!.Events.Select(e => e.Message).ToList();
        Assert.Single(events, message => message == "On request: pause.");
        Assert.Single(events, message => message.StartsWith("Created", StringComparison.Ordinal));

        var sweep = Specifications.Sweep(specification.RunId, "48x2");
        var grain = fixture.Client.GetGrain<IEvaluationSweepGrain>(sweep.SweepId);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => grain.StartAsync(sweep with { })));
        var batch = await Executor.BatchAsync(sweep.SweepId);
        await batch.ResultAsync("48x2");
        await batch.CompleteAsync();
        Assert.Equal((SweepStatus.Completed, 1), ((await grain.UntilFinishedAsync())!.Status, (await grain.FindAsync())!.Passes));
        Assert.Single(Executor.Started, w => w.Lease.Owner.Key == sweep.SweepId);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task TwoRuns_SameIdAtTheSameTime_OneIsAndTheOtherHearsOfIt()
    {
        for (var round = 0; round < 5; round++)
        {
            var id = Specifications.NewId();
            var wishes = Enumerable.Range(0, 6).Select(i => Specifications.Run(id) with { Name = $"wish {i}" }).ToList();
            var answers = await Task.WhenAll(wishes.Select(async wish =>
            {
                try
                {
                    return (Wish: wish.Name, Error: (string?)null, Made: (await fixture.Client.GetGrain<ITrainingRunGrain>(id).CreateAsync(wish)).Specification.Name);
                }
                catch (PoaException e)
                {
                    return (Wish: wish.Name, Error: e.Code, Made: "");
                }
            }));
            var winner = Assert.Single(answers, answer => answer.Error is null);
            Assert.Equal(winner.Wish, winner.Made);
            Assert.All(answers.Where(answer => answer != winner), answer => Assert.Equal(ErrorCodes.RunExists, answer.Error));
            var listed = await fixture.Client.GetGrain<IRunCatalogGrain>(0).ListAsync(new CatalogQuery { Text = id });
            Assert.Equal(winner.Wish, Assert.Single(listed).Name);
        }
    }

    [Fact]
    public async Task TwoSweeps_SameIdAtTheSameTime_OneIsAndTheOtherHearsOfIt()
    {
        var run = (await Specifications.PausedRunAsync(fixture)).GetPrimaryKeyString();
        var one = Specifications.Sweep(run, "48x2");
        var other = one with { SubNetworks = ["96x4"] };
        var grain = fixture.Client.GetGrain<IEvaluationSweepGrain>(one.SweepId);
        var codes = await Task.WhenAll(new[] { one, other }.Select(async wish =>
        {
            try
            {
                await grain.StartAsync(wish);
                return null;
            }
            catch (PoaException e)
            {
                return e.Code;
            }
        }));
        Assert.Equal([ErrorCodes.SweepExists, null], codes.OrderDescending());
        var batch = await Executor.BatchAsync(one.SweepId);
        await batch.ResultAsync([.. batch.Evaluation.SubNetworks]);
        await batch.CompleteAsync();
        Assert.Equal(codes[0] is null ? "48x2" : "96x4", Assert.Single((await grain.UntilFinishedAsync())!.Jobs).SubNetwork);
        await fixture.DeviceFreeAsync();
    }
}
