using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Runs;

[Collection(OneDevice.Name)]
public sealed class TrainingRunTests(ClusterFixture fixture)
{
    private FakeExecutor Executor => fixture.Executor;

    [Fact]
    public async Task Create_Twice_OnceStoredAndListed()
    {
        var specification = Specifications.Run();
        var run = Grain(specification.RunId);
        var first = await run.CreateAsync(specification);
        var second = await run.CreateAsync(specification with { });
        Assert.Equal(first.CreatedAt, second.CreatedAt);
        Assert.Single(second.Events);
        var listed = await fixture.Client.GetGrain<IRunCatalogGrain>(0).ListAsync(new CatalogQuery { Text = specification.RunId });
        Assert.Equal(RunStatus.Created, Assert.Single(listed).Status);
    }

    [Fact]
    public async Task Create_OtherSpecification_RefusedWithRemedy()
    {
        var specification = Specifications.Run();
        var run = Grain(specification.RunId);
        await run.CreateAsync(specification);
        var e = await Assert.ThrowsAsync<PoaException>(() => run.CreateAsync(specification with { Data = "folder:/elsewhere" }));
        Assert.Equal(ErrorCodes.RunExists, e.Code);
        Assert.NotEmpty(e.Remedy);
        Assert.Contains(specification.RunId, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Run-1")]
    [InlineData("-run")]
    [InlineData("run_1")]
    [InlineData("run/1")]
    public async Task Create_IdAgainstTheRules_Refused(string id)
    {
        var e = await Assert.ThrowsAsync<PoaException>(() => Grain(id).CreateAsync(Specifications.Run() with { RunId = id }));
        Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
    }

    [Fact]
    public async Task Commands_UnknownRun_NotFound()
    {
        var run = Grain(Specifications.NewId());
        Assert.Null(await run.FindAsync());
        foreach (var command in new[] { run.StartAsync(), run.PauseAsync(), run.ResumeAsync(), run.CancelAsync() })
        {
            Assert.Equal(ErrorCodes.RunNotFound, (await Assert.ThrowsAsync<PoaException>(() => command)).Code);
        }
    }

    [Fact]
    public async Task Run_StartToEnd_Completes()
    {
        var (run, work) = await fixture.StartedAsync();
        await work.CheckpointAsync(0);
        await work.Reporter.ProgressAsync(new WorkProgress { Done = 3, Total = 10, Loss = 2.5 });
        await work.Reporter.NoteAsync(NoteLevel.Warning, "one image skipped");
        await work.CheckpointAsync(10);
        Assert.Equal(ReportVerdict.Accepted, await work.CompleteAsync());

        var snapshot = (await run.FindAsync())!;
        Assert.Equal(RunStatus.Completed, snapshot.Status);
        Assert.Equal([0L, 10L], snapshot.Checkpoints.Select(c => c.Iteration));
        Assert.Equal(2.5, snapshot.Progress!.Loss);
        Assert.Equal(10, snapshot.Cost!.Images);
        Assert.Contains(snapshot.Events, e => e is { Level: NoteLevel.Warning, Message: "one image skipped" });
        Assert.Equal(Enumerable.Range(1, snapshot.Events.Length).Select(i => (long)i), snapshot.Events.Select(e => e.Sequence));
        Assert.NotNull(snapshot.FinishedAt);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Commands_Repeated_EqualOnce()
    {
        var (run, work) = await fixture.StartedAsync();
        await run.StartAsync();
        await run.PauseAsync();
        var pausing = await run.PauseAsync();
        Assert.Equal(RunStatus.Pausing, pausing.Status);
        Assert.Equal(StopReason.Pause, await work.StopRequestedAsync());
        await work.StopAsAskedAsync(StopReason.Pause);
        var paused = await run.PauseAsync();
        Assert.Equal(RunStatus.Paused, paused.Status);

        await run.ResumeAsync();
        await run.ResumeAsync();
        var again = await Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        await run.CancelAsync();
        await run.CancelAsync();
        Assert.Equal(StopReason.Cancel, await again.StopRequestedAsync());
        await again.StopAsAskedAsync(StopReason.Cancel);
        Assert.Equal(RunStatus.Cancelled, (await run.CancelAsync()).Status);
        Assert.Equal(2, (await run.FindAsync())!.Attempts);
        Assert.Equal(2, Executor.Started.Count(w => w.Lease.Work.Run == run.GetPrimaryKeyString()));
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Resume_DirectlyAfterTheWorkerStopped_GoesOn()
    {
        // The scheduler may still hold the old lease when the resume comes: the work must not be dropped with it.
        var (run, work) = await fixture.StartedAsync();
        for (var round = 0; round < 5; round++)
        {
            await run.PauseAsync();
            await work.StopRequestedAsync();
            var stopping = work.StopAsAskedAsync(StopReason.Pause);
            await run.UntilAsync(RunStatus.Paused);
            await run.ResumeAsync();
            await stopping;
            work = await Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        }

        await work.CompleteAsync();
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Report_StaleFencingToken_RefusedWithoutEffect()
    {
        var (run, work) = await fixture.StartedAsync();
        await run.PauseAsync();
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        await run.ResumeAsync();
        var next = await Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        Assert.True(next.Lease.FencingToken > work.Lease.FencingToken);

        Assert.Equal(ReportVerdict.Refused, await work.CheckpointAsync(99));
        Assert.Equal(ReportVerdict.Refused, await work.Reporter.CompletedAsync(new WorkCompletion()));
        Assert.Equal(ReportVerdict.Refused, await work.Reporter.ProgressAsync(new WorkProgress { Done = 9, Total = 9 }));
        Assert.Empty(await work.Reporter.RetireAsync([0], [0]));
        var snapshot = (await run.FindAsync())!;
        Assert.Equal(RunStatus.Running, snapshot.Status);
        Assert.Empty(snapshot.Checkpoints);

        await next.CompleteAsync();
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Report_LastOneRepeated_AcceptedOnce()
    {
        var (run, work) = await fixture.StartedAsync();
        await work.CompleteAsync();
        var events = (await run.FindAsync())!.Events.Length;
        Assert.Equal(ReportVerdict.Accepted, await work.Reporter.CompletedAsync(new WorkCompletion()));
        Assert.Equal(events, (await run.FindAsync())!.Events.Length);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Failure_OfTheUser_FailsAtOnceAndResumeTriesAgain()
    {
        var (run, work) = await fixture.StartedAsync();
        await work.FailAsync(retryable: false);
        var failed = (await run.FindAsync())!;
        Assert.Equal(RunStatus.Failed, failed.Status);
        Assert.Equal("test-fault", failed.Error!.Code);
        await run.ResumeAsync();
        var again = await Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        await again.CompleteAsync();
        Assert.Null((await run.FindAsync())!.Error);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Failure_OfTheWork_RetriedBoundedlyAndCountedFromTheLastCheckpoint()
    {
        var (run, work) = await fixture.StartedAsync();
        await work.FailAsync(retryable: true);
        work = await Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        await work.CheckpointAsync(5); // progress: the count begins anew
        for (var failure = 1; failure <= 2; failure++)
        {
            await work.FailAsync(retryable: true);
            work = await Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        }

        await work.FailAsync(retryable: true);
        var failed = (await run.FindAsync())!;
        Assert.Equal(RunStatus.Failed, failed.Status);
        Assert.Contains("failure 3", failed.Error!.Message, StringComparison.Ordinal);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Failure_OfTheInfrastructure_RetriedAnyNumberOfTimes()
    {
        var (run, work) = await fixture.StartedAsync();
        foreach (var code in Enumerable.Repeat((string[])[ErrorCodes.ShardLost, ErrorCodes.StorageFailed], 4).SelectMany(codes => codes))
        {
            await work.EndAsync(work.Reporter.FailedAsync(new WorkError(code, "It went away.", "Nothing.", Retryable: true)));
            work = await Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        }

        await work.FailAsync(retryable: true); // the first one of the work itself
        work = await Executor.TrainingAsync(run.GetPrimaryKeyString(), work.Lease.FencingToken);
        await work.CompleteAsync();
        Assert.Equal(RunStatus.Completed, (await run.FindAsync())!.Status);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Retire_CheckpointInUse_Kept()
    {
        var (run, work) = await fixture.StartedAsync();
        foreach (var iteration in new[] { 0, 10, 20 })
        {
            await work.CheckpointAsync(iteration);
        }

        await run.AttachSweepAsync("sweep-1", 10, inUse: true);
        Assert.Equal([0L], await work.Reporter.RetireAsync([0, 10], [0, 10, 20]));
        Assert.Equal([10L, 20L], (await run.FindAsync())!.Checkpoints.Select(c => c.Iteration));
        var e = await Assert.ThrowsAsync<PoaException>(() => run.AttachSweepAsync("sweep-2", 0, inUse: true));
        Assert.Equal(ErrorCodes.CheckpointNotFound, e.Code);
        Assert.Contains("10, 20", e.Remedy, StringComparison.Ordinal);

        await run.AttachSweepAsync("sweep-1", 10, inUse: false);
        Assert.Equal([10L], await work.Reporter.RetireAsync([10], [10, 20]));
        await work.CompleteAsync();
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Retire_CheckpointLostByTheStore_NoLongerListedAndSaid()
    {
        var (run, work) = await fixture.StartedAsync();
        foreach (var iteration in new[] { 0, 10, 20, 30 })
        {
            await work.CheckpointAsync(iteration);
        }

        Assert.Empty(await work.Reporter.RetireAsync([], [0, 30]));
        var snapshot = (await run.FindAsync())!;
        Assert.Equal([0L, 30L], snapshot.Checkpoints.Select(c => c.Iteration));
        Assert.Contains(snapshot.Events, e => e.Level == NoteLevel.Warning && e.Message.Contains("10, 20", StringComparison.Ordinal));
        await work.CompleteAsync();
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Progress_EveryStep_ShownAtOnceButNotStoredEachTime()
    {
        var (run, work) = await fixture.StartedAsync();
        var before = fixture.Storage.WritesOf(run.GetGrainId());
        var start = TimeProvider.System.GetTimestamp();
        for (var step = 1; step <= 300; step++)
        {
            await work.Reporter.ProgressAsync(new WorkProgress { Done = step, Total = 300 });
        }

        // The watchdog may store it, at most five times a second with the times of this cluster.
        var rounds = 1 + (int)(TimeProvider.System.GetElapsedTime(start) / TimeSpan.FromMilliseconds(200));
        Assert.InRange(fixture.Storage.WritesOf(run.GetGrainId()) - before, 0, Math.Min(rounds, 150));
        Assert.Equal(300, (await run.FindAsync())!.Progress!.Done);
        await work.CompleteAsync();
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Watch_FromAPosition_NoEventLostOrTwice()
    {
        var (run, work) = await fixture.StartedAsync();
        var sequences = new List<long>();
        long position = 0;
        await foreach (var update in run.WatchAsync(0))
        {
            sequences.AddRange(update.Events.Select(e => e.Sequence));
            position = update.Position;
            break; // as if the connection were lost
        }

        await work.CheckpointAsync(1);
        var rest = Task.Run(async () =>
        {
            RunStatus? last = null;
            await foreach (var update in run.WatchAsync(position))
            {
                sequences.AddRange(update.Events.Select(e => e.Sequence));
                last = update.Status;
            }

            return last;
        });
        await work.CheckpointAsync(2);
        await work.CompleteAsync();
        Assert.Equal(RunStatus.Completed, await rest.WaitAsync(Wait.Limit));
        var all = (await run.FindAsync())!.Events.Select(e => e.Sequence);
        Assert.Equal(all, sequences);
        await fixture.DeviceFreeAsync();
    }

    [Fact]
    public async Task Run_GrainPutDown_StateComesBackWithProgress()
    {
        var (run, work) = await fixture.StartedAsync();
        await work.CheckpointAsync(7);
        await fixture.Cluster.DeactivateAsync(run);
        var snapshot = (await run.FindAsync())!;
        Assert.Equal(RunStatus.Running, snapshot.Status);
        Assert.Equal(7, snapshot.LatestCheckpoint!.Iteration);
        Assert.Equal(ReportVerdict.Accepted, await work.CompleteAsync());
        await fixture.DeviceFreeAsync();
    }

    private ITrainingRunGrain Grain(string id) => fixture.Client.GetGrain<ITrainingRunGrain>(id);
}
