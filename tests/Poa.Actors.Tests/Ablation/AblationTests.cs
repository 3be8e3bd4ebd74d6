using Poa.Actors.Abstractions;
using Poa.Elastic;

namespace Poa.Actors.Tests.Ablation;

[Collection(OneDevice.Name)]
public sealed class AblationTests(ClusterFixture fixture)
{
    private static readonly PoaConfiguration Configuration = ConfigurationPresets.Load("demo");
    private static readonly AblatedRow Whole = new("whole", "the whole", []);
    private static readonly AblatedRow Half = new("half", "half of it", ["dino.lambda_ie=0.5"]);

    private FakeExecutor Executor => fixture.Executor;

    [Fact]
    public async Task Ablation_ToItsEnd_TrainsEachRowWithEachSeedAndTellsMeanAndDeviation()
    {
        var specification = New(Whole, Half);
        await Grain(specification).StartAsync(specification);

        var done = await AnswerAsync(specification);

        Assert.Equal((AblationStatus.Completed, "top1@20"), (done.Status, done.Metric));
        Assert.Equal(["whole-s0", "whole-s1", "half-s0", "half-s1"], done.Runs.Select(run => run.Run[(specification.AblationId.Length + 1)..]));
        foreach (var run in done.Runs)
        {
            var training = (await fixture.Client.GetGrain<ITrainingRunGrain>(run.Run).FindAsync())!.Specification;
            var configuration = PoaConfiguration.Load([new ConfigurationSource("run", training.ConfigurationYaml)]);
            Assert.Equal((run.Seed, run.Row == "half" ? 0.5 : Configuration.Dino.LambdaIntactElastic), (configuration.Train.Seed, configuration.Dino.LambdaIntactElastic));
            Assert.Equal((specification.AblationId, run.Row, 0), (training.Labels["ablation"], training.Labels["row"], training.Priority));
            var sweep = (await fixture.Client.GetGrain<IEvaluationSweepGrain>(run.Sweep).FindAsync())!.Specification;
            Assert.Equal((100, 1), (sweep.Iteration, sweep.Priority));
            Assert.Equal(specification.SubNetworks, sweep.SubNetworks);
        }

        // Figures of seeds 0 and 1 lie one apart.
        Assert.Equal(
            [new("whole", "48x2", 60.5), new("whole", "96x5", 80.5), new("half", "48x2", 50.5), new("half", "96x5", 70.5)],
            from row in done.Table from cell in row.Cells select new Mean(row.Name, cell.SubNetwork, cell.Mean));
        Assert.All(done.Table.SelectMany(row => row.Cells), cell => Assert.Equal(Math.Sqrt(0.5), cell.Deviation!.Value, 1e-9));

        var entry = Assert.Single((await Catalog.ListAsync(1000)).Where(entry => entry.AblationId == specification.AblationId));
        Assert.Equal((AblationStatus.Completed, 2, 4, 4, 0, done.FinishedAt), (entry.Status, entry.Rows, entry.Runs, entry.Completed, entry.Failed, entry.FinishedAt));
    }

    [Fact]
    public async Task Ablation_PutDownAtEveryTurn_GoesOnAndTrainsNothingTwice()
    {
        var specification = New(Whole) with { Seeds = [3, 4] };
        await Grain(specification).StartAsync(specification);

        var done = await AnswerAsync(specification, async work =>
        {
            await PutDownAsync();
            await DoAsync(work);
            await PutDownAsync();
        });

        Assert.Equal(AblationStatus.Completed, done.Status);
        Assert.All(done.Runs, run => Assert.Single(Executor.Started, work => work.Lease.WorkId == WorkId.Training(run.Run, 0)));
        Assert.All(done.Runs, run => Assert.Single(Executor.Started, work => work.Lease.Owner.Key == run.Sweep));

        async Task PutDownAsync()
        {
            await fixture.Cluster.DeactivateAsync(Grain(specification));
            // Any call brings it back, as its reminder would.
            await Grain(specification).FindAsync();
        }
    }

    [Fact]
    public async Task Start_Twice_OnceAndOtherSpecificationRefused()
    {
        var specification = New(Whole) with { Seeds = [0] };
        await Grain(specification).StartAsync(specification);
        await Grain(specification).StartAsync(specification with { Rows = [Whole with { Overrides = [] }], CreatedBy = "another" });
        var e = await Assert.ThrowsAsync<PoaException>(() => Grain(specification).StartAsync(specification with { Seeds = [1] }));
        Assert.Equal(ErrorCodes.AblationExists, e.Code);
        Assert.Single((await AnswerAsync(specification)).Runs);
    }

    [Fact]
    public async Task Ablation_OneRunFails_ShowsItWithItsReasonAndTheOthersGoOn()
    {
        var specification = New(Whole, Half) with { Seeds = [0] };
        await Grain(specification).StartAsync(specification);

        var done = await AnswerAsync(specification, work => work.Lease.Owner.Key == RunOf(specification, Whole, 0) ? work.FailAsync(retryable: false) : DoAsync(work));

        Assert.Equal(AblationStatus.CompletedWithFailures, done.Status);
        Assert.Equal((AblationRunStatus.Failed, "test-fault"), (done.Runs[0].Status, done.Runs[0].Error!.Code));
        Assert.Equal(AblationRunStatus.Completed, done.Runs[1].Status);
        Assert.Equal([null, null, 50.0, 70.0], done.Table.SelectMany(row => row.Cells).Select(cell => cell.Mean));
    }

    [Fact]
    public async Task Ablation_OneEvaluationFails_KeepsTheFiguresThatThereAre()
    {
        var specification = New(Whole) with { Seeds = [0] };
        await Grain(specification).StartAsync(specification);

        var done = await AnswerAsync(specification, async work =>
        {
            if (work.Lease.Work is EvaluationWork)
            {
                await work.Reporter.ResultAsync([FakeWork.ResultOf("48x2", 60)]);
                await work.FailAsync(retryable: false);
            }
            else
            {
                await DoAsync(work);
            }
        });

        Assert.Equal((AblationStatus.CompletedWithFailures, AblationRunStatus.Failed, "test-fault"), (done.Status, done.Runs[0].Status, done.Runs[0].Error!.Code));
        Assert.Equal([60.0, null], done.Table.Single().Cells.Select(cell => cell.Mean));
    }

    [Fact]
    public async Task Cancel_WhileTheDeviceWorksForIt_StopsThatStartsNothingElseAndKeepsWhatWasMeasured()
    {
        var specification = New(Whole) with { Seeds = [0, 1, 2] };
        var grain = Grain(specification);
        await grain.StartAsync(specification);
        FakeWork work;
        do
        {
            work = (await NextAsync(specification))!;
            await DoAsync(work);
        }
        while (work.Lease.Work is not EvaluationWork);
        await Wait.ForAsync(() => grain.FindAsync(), s => s!.Count(AblationRunStatus.Completed) == 1);

        work = (await NextAsync(specification))!;
        await grain.CancelAsync();
        await grain.CancelAsync();
        Assert.Equal(StopReason.Cancel, await work.StopRequestedAsync());
        await work.StopAsAskedAsync(StopReason.Cancel);

        var done = await AnswerAsync(specification, _ => throw new InvalidOperationException("Nothing is started any more."));
        Assert.Equal(AblationStatus.Cancelled, done.Status);
        Assert.Equal([AblationRunStatus.Completed, AblationRunStatus.Cancelled, AblationRunStatus.Cancelled], done.Runs.Select(run => run.Status));
        Assert.Equal([60.0], done.Table[0].Cells[0].Values);
    }

    [Fact]
    public async Task Ablation_RunsPausedAndCancelledByHand_WaitsForTheOneAndLeavesTheOtherOut()
    {
        var specification = New(Whole, Half) with { Seeds = [0] };
        await Grain(specification).StartAsync(specification);
        var first = (await NextAsync(specification))!;
        var run = fixture.Client.GetGrain<ITrainingRunGrain>(RunOf(specification, Whole, 0));
        await run.PauseAsync();
        await first.StopAsAskedAsync(await first.StopRequestedAsync());
        await Wait.ForAsync(() => Grain(specification).FindAsync(), s => s!.Runs[0].Training == RunStatus.Paused);
        var second = (await NextAsync(specification))!;
        await fixture.Client.GetGrain<ITrainingRunGrain>(RunOf(specification, Half, 0)).CancelAsync();
        await second.StopAsAskedAsync(await second.StopRequestedAsync());
        await run.ResumeAsync();

        var done = await AnswerAsync(specification);

        Assert.Equal((AblationStatus.CompletedWithFailures, AblationRunStatus.Completed, AblationRunStatus.Cancelled), (done.Status, done.Runs[0].Status, done.Runs[1].Status));
    }

    [Fact]
    public async Task Ablation_ItsRunIdIsTaken_FailsThatRowOnly()
    {
        var specification = New(Whole, Half) with { Seeds = [0] };
        var stranger = Specifications.Run(RunOf(specification, Whole, 0));
        await fixture.Client.GetGrain<ITrainingRunGrain>(stranger.RunId).CreateAsync(stranger);
        await Grain(specification).StartAsync(specification);

        var done = await AnswerAsync(specification);

        Assert.Equal((AblationRunStatus.Failed, ErrorCodes.RunExists), (done.Runs[0].Status, done.Runs[0].Error!.Code));
        Assert.Equal(AblationRunStatus.Completed, done.Runs[1].Status);
    }

    [Fact]
    public async Task Start_WhatCannotBe_RefusedWithItsReason()
    {
        var good = New(Whole);
        (AblationSpecification Wrong, string Named)[] cases =
        [
            (good with { Rows = [] }, "no rows"),
            (good with { Rows = [Whole, Whole] }, "two of one name"),
            (good with { Rows = [Whole with { Name = "A B" }] }, "'A B'"),
            (good with { Rows = [Whole, new("odd", "odd", ["dino.lambda=1"])] }, "Row 'odd'"),
            (good with { Rows = [Whole, new("odd", "odd", ["dino.lambda_ie=2"])] }, "lambda_ie"),
            (good with { Seeds = [] }, "seeds"),
            (good with { Seeds = [-1] }, "-1"),
            (good with { Seeds = [.. Enumerable.Range(0, 201).Select(i => (long)i)] }, "201"),
            (good with { SubNetworks = [] }, "no sub-network"),
            (good with { SubNetworks = ["33x2"] }, "33x2"),
            (good with { Benchmark = Benchmarks.Latency }, "Latency"),
            (good with { Benchmark = "nonsense" }, "nonsense"),
            (good with { Evaluation = EvaluationData.None }, "no images"),
            (good with { Priority = 1000 }, "1000"),
        ];
        foreach (var (wrong, named) in cases)
        {
            var e = await Assert.ThrowsAsync<PoaException>(() => Grain(wrong).StartAsync(wrong));
            Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
            Assert.Contains(named, e.Error.Message, StringComparison.Ordinal);
        }

        Assert.Null(await Grain(good).FindAsync());
    }

    [Fact]
    public async Task Ablation_ByAFigureThatResultsLack_FailsAndListsThem()
    {
        var specification = New(Whole) with { Seeds = [0], Metric = "top9@20" };
        await Grain(specification).StartAsync(specification);

        var run = Assert.Single((await AnswerAsync(specification)).Runs);

        Assert.Equal(AblationRunStatus.Failed, run.Status);
        Assert.Contains("top9@20", run.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("top1@20", run.Error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ablation_RowWhoseGridLacksASubNetwork_MeasuresTheRest()
    {
        var specification = New(Whole, new AblatedRow("narrow", "a narrow one", ["student.max_embed_dim=80"])) with { Seeds = [0] };
        await Grain(specification).StartAsync(specification);

        var done = await AnswerAsync(specification);

        Assert.Equal(AblationStatus.Completed, done.Status);
        Assert.Equal([60.0, 80.0, 50.0, null], done.Table.SelectMany(row => row.Cells).Select(cell => cell.Mean));
    }

    private static AblationSpecification New(params AblatedRow[] rows) => new()
    {
        AblationId = Specifications.NewId("ab"),
        Title = "Parts",
        ConfigurationYaml = Configuration.ToYaml(),
        Data = "demo?split=train",
        Rows = [.. rows],
        Seeds = [0, 1],
        SubNetworks = ["48x2", "96x5"],
        Benchmark = Benchmarks.Knn,
        Evaluation = new EvaluationData("demo?split=train", "demo?split=test"),
    };

    private static string RunOf(AblationSpecification specification, AblatedRow row, long seed) => AblationId.RunOf(specification.AblationId, row.Name, seed);

    private IAblationGrain Grain(AblationSpecification specification) => fixture.Client.GetGrain<IAblationGrain>(specification.AblationId);

    private IAblationCatalogGrain Catalog => fixture.Client.GetGrain<IAblationCatalogGrain>(0);

    /// <summary>Does all the work that the device is given for the ablation, until that has ended.</summary>
    private async Task<AblationSnapshot> AnswerAsync(AblationSpecification specification, Func<FakeWork, Task>? answer = null)
    {
        while (await NextAsync(specification) is { } work)
        {
            await (answer ?? DoAsync)(work);
        }

        return (await Grain(specification).FindAsync())!;
    }

    /// <summary>The next work that the device is given for the ablation, a training or a sweep; null once the ablation has ended.</summary>
    private async Task<FakeWork?> NextAsync(AblationSpecification specification)
    {
        await Wait.ForAsync(() => Grain(specification).FindAsync(), s => s!.IsFinished || Next() is not null, $"work for ablation {specification.AblationId}, or its end");
        if (Next() is not { } work)
        {
            return null;
        }

        _handled.Add(work);
        return work;

        FakeWork? Next() => Executor.Started.FirstOrDefault(
            work => !_handled.Contains(work) && work.Lease.Owner.Key.StartsWith(specification.AblationId + "-", StringComparison.Ordinal));
    }

    /// <summary>Trains to step 100, or measures: from 60 for the whole, from 50 for other rows, each seed one higher, the intact network 20 higher.</summary>
    private static async Task DoAsync(FakeWork work)
    {
        if (work.Lease.Work is EvaluationWork evaluation)
        {
            var seed = int.Parse(evaluation.Run[(evaluation.Run.LastIndexOf('s') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            var from = evaluation.Run.Contains($"-{Whole.Name}-", StringComparison.Ordinal) ? 60 : 50;
            await work.Reporter.ResultAsync([.. evaluation.SubNetworks.Select(name => FakeWork.ResultOf(name, from + seed + (name == "48x2" ? 0 : 20)))]);
        }
        else
        {
            await work.CheckpointAsync(100);
        }

        await work.CompleteAsync();
    }

    private readonly List<FakeWork> _handled = [];

    private sealed record Mean(string Row, string SubNetwork, double? Value);
}
