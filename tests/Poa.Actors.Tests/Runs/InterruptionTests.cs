using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Runs;

/// <summary>Worker processes that end while they train a run: by what it does, or killed from outside.</summary>
[Collection(OneDevice.Name)]
public sealed class InterruptionTests(ClusterFixture fixture)
{
    [Fact]
    public async Task Interrupted_TwiceAtTheSameStep_QuarantinedWithLogAndReason()
    {
        var (run, work) = await fixture.StartedAsync();
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 1, step: 37));
        Assert.Equal(RunStatus.Running, (await run.FindAsync())!.Status);
        var last = At(work.Lease, attempt: 2, step: 37);
        await run.NoteInterruptionAsync(last);

        var snapshot = (await run.FindAsync())!;
        Assert.Equal((RunStatus.Failed, ErrorCodes.Quarantined), (snapshot.Status, snapshot.Error!.Code));
        Assert.Contains("2 times at step 37", snapshot.Error.Message, StringComparison.Ordinal);
        Assert.Contains(new WorkLogName(last.FencingToken, last.WorkId, last.Shard).ToString(), snapshot.Error.Remedy, StringComparison.Ordinal);
        Assert.Contains(snapshot.Events, e => e.Level == NoteLevel.Error && e.Message.Contains(ErrorCodes.Quarantined, StringComparison.Ordinal));

        // Whoever has it meanwhile is stopped, and it is not handed out again.
        Assert.Equal(ReportVerdict.Refused, await work.CheckpointAsync(36));
        Assert.Equal(StopReason.LeaseLost, await work.StopRequestedAsync());
        await fixture.DeviceFreeAsync();

        // A person may have it tried again, with a clean slate.
        await run.ResumeAsync();
        var again = await fixture.Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        await run.NoteInterruptionAsync(At(again.Lease, attempt: 3, step: 37));
        Assert.Equal(RunStatus.Running, (await run.FindAsync())!.Status);
        await again.CompleteAsync();
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Interrupted_AtDifferentSteps_GoesOnAnyNumberOfTimes()
    {
        var (run, work) = await fixture.StartedAsync();
        foreach (var step in Enumerable.Range(1, 20))
        {
            await run.NoteInterruptionAsync(At(work.Lease, attempt: step, step));
        }

        Assert.Equal(ReportVerdict.Accepted, await work.CompleteAsync());
        Assert.Equal(RunStatus.Completed, (await run.FindAsync())!.Status);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Interrupted_OneAttemptToldTwiceOrByTwoMembers_CountsOnce()
    {
        var (run, work) = await fixture.StartedAsync();
        var told = At(work.Lease, attempt: 1, step: 37);
        await run.NoteInterruptionAsync(told);
        await run.NoteInterruptionAsync(told);
        await run.NoteInterruptionAsync(told with { Shard = "other/cpu", FencingToken = told.FencingToken + 1 });
        Assert.Equal(ReportVerdict.Accepted, await work.CompleteAsync());
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Interrupted_WithACheckpointInBetween_BeginsToCountAnew()
    {
        var (run, work) = await fixture.StartedAsync();
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 1, step: 37));
        await work.CheckpointAsync(37); // of the state before that step
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 2, step: 37));
        await work.CheckpointAsync(38);
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 3, step: 37)); // comes late: the run has passed it
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 4, step: 37));
        Assert.Equal(ReportVerdict.Accepted, await work.CompleteAsync());
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Interrupted_FurtherOnInBetween_BeginsToCountAnew()
    {
        var (run, work) = await fixture.StartedAsync();
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 1, step: 37));
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 2, step: 38)); // step 37 was done
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 3, step: 37));
        Assert.Equal(RunStatus.Running, (await run.FindAsync())!.Status);
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 4, step: 37));
        Assert.Equal(ErrorCodes.Quarantined, (await run.FindAsync())!.Error!.Code);
        Assert.Equal(ReportVerdict.Refused, await work.CheckpointAsync(36));
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Interrupted_ThreeTimesAtTheSameStageBeforeAnyStep_Quarantined()
    {
        var (run, work) = await fixture.StartedAsync();
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 1, step: null));
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 2, step: null));
        Assert.Equal(RunStatus.Running, (await run.FindAsync())!.Status);
        await run.NoteInterruptionAsync(At(work.Lease, attempt: 3, step: null));
        var snapshot = (await run.FindAsync())!;
        Assert.Equal((RunStatus.Failed, ErrorCodes.Quarantined), (snapshot.Status, snapshot.Error!.Code));
        Assert.Contains("3 times while building the network", snapshot.Error.Message, StringComparison.Ordinal);
        Assert.Equal(ReportVerdict.Refused, await work.CheckpointAsync(1));
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Interrupted_LastProcessOfAWorker_ItsShardTellsTheRun()
    {
        var specification = Specifications.Run();
        var interrupted = new InterruptedTraining(specification.RunId, WorkId.Training(specification.RunId, 0), 7, 7, "silo0/cpu", "training", 12);
        var executor = new FakeExecutor { Interrupted = [interrupted] };
        await using var cluster = ClusterFixture.Build(1, _ => executor, _ => "silo0", Seeded(specification));
        await cluster.DeployAsync();
        var run = cluster.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await Wait.ForAsync(() => run.FindAsync(), s => s!.Events.Any(e => e.Message.Contains("ended at step 12", StringComparison.Ordinal)), "the run has heard of it");
    }

    private static InterruptedTraining At(WorkLease lease, int attempt, long? step) => new(
        lease.Work.Run, lease.WorkId, attempt, attempt, lease.Shard, step is null ? "building the network" : "training", step);

    /// <summary>Storage with a run that is queued.</summary>
    private static SharedStorage Seeded(RunSpecification specification)
    {
        var storage = new SharedStorage();
        var state = new RunState { Specification = specification, Status = RunStatus.Queued };
        storage.Seed("run", GrainId.Create("training-run", specification.RunId), new GrainJson().Serialize(state).ToString());
        return storage;
    }
}
