using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

/// <summary>One device, and work that cannot wait.</summary>
[Collection(OneDevice.Name)]
public sealed class PreemptionTests(ClusterFixture fixture)
{
    [Fact]
    public async Task UrgentRun_LowerOneYieldsWithACheckpointAndGoesOnAfterwards()
    {
        var (low, work) = await fixture.StartedAsync(priority: 0);
        await work.CheckpointAsync(3);
        var urgent = await StartAsync(priority: 10);
        Assert.Equal(StopReason.Preempt, await work.StopRequestedAsync());
        await work.CheckpointAsync(5);
        Assert.Equal(ReportVerdict.Accepted, await work.StopAsAskedAsync(StopReason.Preempt));

        var other = await fixture.Executor.TrainingAsync(urgent.GetPrimaryKeyString());
        var waiting = (await low.FindAsync())!;
        Assert.Equal(RunStatus.Queued, waiting.Status);
        Assert.Contains(waiting.Events, e => e.Message.Contains("higher priority", StringComparison.Ordinal));
        await other.CompleteAsync();

        var again = await fixture.Executor.TrainingAsync(low.GetPrimaryKeyString(), work.Lease.FencingToken);
        Assert.Equal([3L, 5L], (await low.FindAsync())!.Checkpoints.Select(c => c.Iteration));
        await again.CompleteAsync();
        await low.UntilAsync(RunStatus.Completed);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task UrgentSweep_LowerSweepYieldsKeepsItsResultsAndGoesOn()
    {
        var run = (await Specifications.PausedRunAsync(fixture)).GetPrimaryKeyString();
        var low = Specifications.Sweep(run, "48x2", "48x4");
        await Grain(low).StartAsync(low);
        var work = await fixture.Executor.BatchAsync(low.SweepId);
        await work.ResultAsync("48x2");
        var urgent = Specifications.Sweep(run, "96x4") with { Priority = 20 };
        await Grain(urgent).StartAsync(urgent);
        Assert.Equal(StopReason.Preempt, await work.StopRequestedAsync());
        await work.StopAsAskedAsync(StopReason.Preempt);

        var other = await fixture.Executor.BatchAsync(urgent.SweepId);
        await other.ResultAsync("96x4");
        await other.CompleteAsync();
        var again = await fixture.Executor.BatchAsync(low.SweepId, work.Lease.FencingToken);
        Assert.Equal(["48x4"], again.Evaluation.SubNetworks);
        await again.ResultAsync("48x4");
        await again.CompleteAsync();
        Assert.Equal(SweepStatus.Completed, (await Grain(low).UntilFinishedAsync())!.Status);
        Assert.Equal(SweepStatus.Completed, (await Grain(urgent).UntilFinishedAsync())!.Status);
        await fixture.DeviceFreeAsync();
    }

    private IEvaluationSweepGrain Grain(SweepSpecification specification) => fixture.Client.GetGrain<IEvaluationSweepGrain>(specification.SweepId);

    private async Task<ITrainingRunGrain> StartAsync(int priority)
    {
        var specification = Specifications.Run() with { Priority = priority };
        var run = fixture.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        return run;
    }
}
