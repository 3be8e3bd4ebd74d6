using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Evaluation;

[Collection(OneDevice.Name)]
public sealed class SweepTests(ClusterFixture fixture)
{
    private FakeExecutor Executor => fixture.Executor;

    [Fact]
    public async Task Sweep_WholeSelection_OnePassAndStoredResults()
    {
        var specification = await NewAsync("48x2", "48x4", "96x2", "96x4");
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        var work = await Executor.BatchAsync(specification.SweepId);
        Assert.Equal(specification.SubNetworks, work.Evaluation.SubNetworks);
        await work.ResultAsync("48x2", "48x4");
        await work.ResultAsync("96x2", "96x4");
        await work.CompleteAsync();

        var done = (await sweep.UntilFinishedAsync())!;
        Assert.Equal(SweepStatus.Completed, done.Status);
        Assert.Equal(1, done.Passes);
        Assert.Equal(specification.SubNetworks, (await sweep.GetResultsAsync()).Select(r => r.SubNetwork));
    }

    [Fact]
    public async Task Start_Twice_OnceAndOtherSpecificationRefused()
    {
        var specification = await NewAsync("48x2");
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        await sweep.StartAsync(specification with { });
        var e = await Assert.ThrowsAsync<PoaException>(() => sweep.StartAsync(specification with { SubNetworks = ["96x4"] }));
        Assert.Equal(ErrorCodes.SweepExists, e.Code);
        var work = await Executor.BatchAsync(specification.SweepId);
        await work.ResultAsync("48x2");
        await work.CompleteAsync();
        await sweep.UntilFinishedAsync();
        Assert.Single(Executor.Started, w => w.Lease.Owner.Key == specification.SweepId);
    }

    [Fact]
    public async Task Start_UnknownRunOrCheckpoint_NotFound()
    {
        var known = await NewAsync("48x2");
        var noRun = Specifications.Sweep(Specifications.NewId(), "48x2");
        Assert.Equal(ErrorCodes.RunNotFound, (await Assert.ThrowsAsync<PoaException>(() => Grain(noRun).StartAsync(noRun))).Code);
        var noCheckpoint = known with { SweepId = Specifications.NewId("sweep"), Iteration = 12345 };
        Assert.Equal(ErrorCodes.CheckpointNotFound, (await Assert.ThrowsAsync<PoaException>(() => Grain(noCheckpoint).StartAsync(noCheckpoint))).Code);
    }

    [Fact]
    public async Task SecondSweep_FinishedJobs_ReusedAndOnlyTheRestComputed()
    {
        var first = await NewAsync("48x2", "48x4");
        await FinishAsync(first);
        var second = first with { SweepId = Specifications.NewId("sweep"), SubNetworks = ["48x2", "48x4", "96x4"] };
        var sweep = Grain(second);
        await sweep.StartAsync(second);
        var work = await Executor.BatchAsync(second.SweepId);
        Assert.Equal(["96x4"], work.Evaluation.SubNetworks);
        await work.ResultAsync("96x4");
        await work.CompleteAsync();
        var done = (await sweep.UntilFinishedAsync())!;
        Assert.Equal([true, true, false], done.Jobs.Select(job => job.IsReused));
        Assert.Equal(3, (await sweep.GetResultsAsync()).Length);
    }

    [Fact]
    public async Task Recompute_OnRequest_ComputedOnceMore()
    {
        var first = await NewAsync("48x2");
        await FinishAsync(first);
        var second = first with { SweepId = Specifications.NewId("sweep"), Recompute = true };
        await FinishAsync(second);
        Assert.Equal(2, (await Job(first, "48x2").GetAsync()).Computations);
    }

    [Fact]
    public async Task Result_ReportedTwice_CountedOnce()
    {
        var specification = await NewAsync("48x2", "48x4");
        await Grain(specification).StartAsync(specification);
        var work = await Executor.BatchAsync(specification.SweepId);
        await work.ResultAsync("48x2");
        Assert.Equal(ReportVerdict.Accepted, await work.Reporter.ResultAsync([FakeWork.ResultOf("48x2", 11)]));
        await work.ResultAsync("48x4");
        await work.CompleteAsync();
        await Grain(specification).UntilFinishedAsync();
        var job = await Job(specification, "48x2").GetAsync();
        Assert.Equal(1, job.Computations);
        Assert.Equal(80, job.Result!.HeadlineValue);
        Assert.Equal(ReportVerdict.Refused, await work.ResultAsync("48x2"));
    }

    [Fact]
    public async Task Batches_LargeSelection_BoundedSize()
    {
        var specification = await NewAsync("48x2", "48x3", "48x4", "96x2", "96x4") with { BatchSize = 2 };
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        long token = 0;
        var sizes = new List<int>();
        for (var batch = 0; batch < 3; batch++)
        {
            var work = await Executor.BatchAsync(specification.SweepId, token);
            token = work.Lease.FencingToken;
            sizes.Add(work.Evaluation.SubNetworks.Length);
            await work.ResultAsync([.. work.Evaluation.SubNetworks]);
            await work.CompleteAsync();
        }

        Assert.Equal([2, 2, 1], sizes);
        Assert.Equal(SweepStatus.Completed, (await sweep.UntilFinishedAsync())!.Status);
    }

    [Fact]
    public async Task Failure_OfTheInfrastructure_OnlyTheRestRetriedAndBounded()
    {
        var specification = await NewAsync("48x2", "48x4");
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        var work = await Executor.BatchAsync(specification.SweepId);
        await work.ResultAsync("48x2");
        await work.FailAsync(retryable: true);
        for (var attempt = 2; attempt <= 3; attempt++)
        {
            work = await Executor.BatchAsync(specification.SweepId, work.Lease.FencingToken);
            Assert.Equal(["48x4"], work.Evaluation.SubNetworks);
            await work.FailAsync(retryable: true);
        }

        var done = (await sweep.UntilFinishedAsync())!;
        Assert.Equal(SweepStatus.CompletedWithFailures, done.Status);
        Assert.Equal([JobStatus.Completed, JobStatus.Failed], done.Jobs.Select(job => job.Status));
        Assert.Equal(3, done.Passes);
    }

    [Fact]
    public async Task Failure_OfTheUser_NotRetriedByItselfButOnRequest()
    {
        var specification = await NewAsync("48x2", "48x4");
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        var work = await Executor.BatchAsync(specification.SweepId);
        await work.ResultAsync("48x4");
        await work.FailAsync(retryable: false);
        var failed = (await sweep.UntilFinishedAsync())!;
        Assert.Equal([JobStatus.Failed, JobStatus.Completed], failed.Jobs.Select(job => job.Status));
        Assert.Equal("test-fault", failed.Jobs[0].Error!.Code);

        await sweep.RetryFailedAsync();
        work = await Executor.BatchAsync(specification.SweepId, work.Lease.FencingToken);
        Assert.Equal(["48x2"], work.Evaluation.SubNetworks);
        await work.ResultAsync("48x2");
        await work.CompleteAsync();
        Assert.Equal(SweepStatus.Completed, (await sweep.UntilFinishedAsync())!.Status);
    }

    [Fact]
    public async Task Completed_WithoutAResult_NamedAsMissing()
    {
        var specification = await NewAsync("48x2", "48x4");
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        var work = await Executor.BatchAsync(specification.SweepId);
        await work.ResultAsync("48x2");
        await work.CompleteAsync();
        var done = (await sweep.UntilFinishedAsync())!;
        Assert.Equal(ErrorCodes.ResultMissing, done.Jobs[1].Error!.Code);
        Assert.Contains("48x4", done.Jobs[1].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_WhileAWorkerHasIt_StopsAndKeepsResults()
    {
        var specification = await NewAsync("48x2", "48x4");
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        var work = await Executor.BatchAsync(specification.SweepId);
        await work.ResultAsync("48x2");
        await sweep.CancelAsync();
        await sweep.CancelAsync();
        Assert.Equal(StopReason.Cancel, await work.StopRequestedAsync());
        await work.StopAsAskedAsync(StopReason.Cancel);
        var done = (await sweep.UntilFinishedAsync())!;
        Assert.Equal(SweepStatus.Cancelled, done.Status);
        Assert.Equal([JobStatus.Completed, JobStatus.Cancelled], done.Jobs.Select(job => job.Status));

        // What was cancelled can be asked for by another sweep.
        await FinishAsync(specification with { SweepId = Specifications.NewId("sweep") });
    }

    [Fact]
    public async Task OrderlyStop_OfTheHost_RestIsHandedOutAgain()
    {
        var specification = await NewAsync("48x2", "48x4");
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        var work = await Executor.BatchAsync(specification.SweepId);
        await work.ResultAsync("48x4");
        await work.StopAsAskedAsync(StopReason.Shutdown);
        work = await Executor.BatchAsync(specification.SweepId, work.Lease.FencingToken);
        Assert.Equal(["48x2"], work.Evaluation.SubNetworks);
        await work.ResultAsync("48x2");
        await work.CompleteAsync();
        Assert.Equal(SweepStatus.Completed, (await sweep.UntilFinishedAsync())!.Status);
    }

    [Fact]
    public async Task Quarantine_JobThatEndsItsWorkerTwice_TriedAgainOnlyOnRequest()
    {
        var specification = await NewAsync("48x2");
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        long token = 0;
        var log = "";
        for (var loss = 1; loss <= 2; loss++)
        {
            var lost = await Executor.BatchAsync(specification.SweepId, token);
            token = lost.Lease.FencingToken;
            log = new WorkLogName(token, lost.Lease.WorkId, lost.Lease.Shard).ToString();
            await sweep.LeaseLostAsync(lost.Lease.WorkId, token, new WorkError(ErrorCodes.WorkerLost, "The worker is gone.", "Look.", Retryable: true));
            Assert.Equal(ReportVerdict.Refused, await lost.ResultAsync("48x2"));
        }

        var done = (await sweep.UntilFinishedAsync())!;
        Assert.Equal((JobStatus.Quarantined, ErrorCodes.Quarantined, log), (done.Jobs[0].Status, done.Jobs[0].Error!.Code, done.Jobs[0].Log));
        Assert.Contains(log, done.Jobs[0].Error!.Remedy, StringComparison.Ordinal);
        Assert.Equal(0, (await Job(specification, "48x2").GetAsync()).Computations);

        var other = specification with { SweepId = Specifications.NewId("sweep") };
        await Grain(other).StartAsync(other);
        Assert.Equal(JobStatus.Quarantined, (await Grain(other).UntilFinishedAsync())!.Jobs[0].Status);
        Assert.DoesNotContain(Executor.Started, w => w.Lease.Owner.Key == other.SweepId);

        await sweep.RetryFailedAsync();
        var work = await Executor.BatchAsync(specification.SweepId, token);
        await work.ResultAsync("48x2");
        await work.CompleteAsync();
        Assert.Equal(SweepStatus.Completed, (await sweep.UntilFinishedAsync())!.Status);
    }

    [Theory]
    [InlineData(Benchmarks.Linear)]
    [InlineData(Benchmarks.Coco)]
    [InlineData(Benchmarks.Ade20k)]
    public async Task Sweep_OfABenchmarkThatTrains_SurvivesLossesBetweenItsCheckpoints(string benchmark)
    {
        var specification = await NewAsync("48x2") with
        {
            Benchmark = benchmark,
            Options = ImmutableDictionary<string, string>.Empty.Add("preset", "quick"),
        };
        var sweep = Grain(specification);
        await sweep.StartAsync(specification);
        long token = 0;
        for (var loss = 1; loss <= 4; loss++)
        {
            var lost = await Executor.BatchAsync(specification.SweepId, token);
            token = lost.Lease.FencingToken;
            await lost.Reporter.ProgressAsync(new WorkProgress { Done = loss, Total = 10, StoredStates = 1 });
            await sweep.LeaseLostAsync(lost.Lease.WorkId, token, new WorkError(ErrorCodes.WorkerLost, "The worker is gone.", "Look.", Retryable: true));
            Assert.Equal(ReportVerdict.Refused, await lost.ResultAsync("48x2")); // which frees the device
        }

        var work = await Executor.BatchAsync(specification.SweepId, token);
        Assert.Equal((benchmark, "quick", false), (work.Evaluation.Benchmark, work.Evaluation.Options["preset"], work.Evaluation.Recompute));
        await work.ResultAsync("48x2");
        await work.CompleteAsync();
        Assert.Equal(SweepStatus.Completed, (await sweep.UntilFinishedAsync())!.Status);
        Assert.Equal(1, (await Job(specification, "48x2").GetAsync()).Computations);
    }

    [Fact]
    public async Task TwoSweeps_SameJob_ComputedOnce()
    {
        var first = await NewAsync("48x2");
        var second = first with { SweepId = Specifications.NewId("sweep") };
        await Grain(first).StartAsync(first);
        var work = await Executor.BatchAsync(first.SweepId);
        await Grain(second).StartAsync(second);
        await work.ResultAsync("48x2");
        await work.CompleteAsync();
        var done = (await Grain(second).UntilFinishedAsync())!;
        Assert.True(Assert.Single(done.Jobs).IsReused);
        Assert.Equal(1, (await Job(first, "48x2").GetAsync()).Computations);
        Assert.DoesNotContain(Executor.Started, w => w.Lease.Owner.Key == second.SweepId);
    }

    private IEvaluationSweepGrain Grain(SweepSpecification specification) =>
        fixture.Client.GetGrain<IEvaluationSweepGrain>(specification.SweepId);

    private IEvaluationJobGrain Job(SweepSpecification specification, string subNetwork) =>
        fixture.Client.GetGrain<IEvaluationJobGrain>(specification.JobOf(subNetwork).ToString());

    private async Task<SweepSpecification> NewAsync(params string[] subNetworks) =>
        Specifications.Sweep((await Specifications.PausedRunAsync(fixture)).GetPrimaryKeyString(), subNetworks);

    private async Task FinishAsync(SweepSpecification specification)
    {
        await Grain(specification).StartAsync(specification);
        while (!(await Grain(specification).FindAsync())!.IsFinished)
        {
            if (Executor.Started.FirstOrDefault(w => w.Lease.Owner.Key == specification.SweepId) is { } work)
            {
                await work.ResultAsync([.. work.Evaluation.SubNetworks]);
                await work.CompleteAsync();
                await Grain(specification).UntilFinishedAsync();
            }

            await Task.Delay(10);
        }
    }
}
