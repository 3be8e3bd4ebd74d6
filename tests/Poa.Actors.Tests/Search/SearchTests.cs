using Poa.Actors.Abstractions;
using Poa.Elastic;

namespace Poa.Actors.Tests.Search;

[Collection(OneDevice.Name)]
public sealed class SearchTests(ClusterFixture fixture)
{
    private const int ImageSize = 28;
    private static readonly PoaConfiguration Configuration = ConfigurationPresets.Load("demo");
    private static readonly ISubNetworkGrid Grid = Configuration.Grid();
    private static readonly SearchBudget Half = new(Parameters: Grid.CostOf(new SubNetwork(80, 4), ImageSize).Parameters);

    private FakeExecutor Executor => fixture.Executor;

    [Fact]
    public async Task Search_ToItsEnd_FindsTheBestWithinItsEvaluationsAndTellsPredictionsApart()
    {
        var specification = await NewAsync(Half, evaluations: 6);
        var search = Grain(specification);
        await search.StartAsync(specification);
        await AnswerAsync(specification);

        var done = (await search.UntilFinishedAsync())!;
        Assert.Equal((SearchStatus.Completed, SearchStep.Spent, 6, "top1@20"), (done.Status, done.Ended, done.Evaluations, done.Metric));
        Assert.Equal(Grid.SubNetworks.Select(cell => cell.ToString()), done.SubNetworks.Select(cell => cell.SubNetwork));
        var asked = done.Rounds.SelectMany(round => round.SubNetworks).ToHashSet();
        Assert.Equal(6, asked.Count);
        Assert.All(done.SubNetworks, cell =>
        {
            Assert.Equal(asked.Contains(cell.SubNetwork) ? Figure(cell.SubNetwork) : (double?)null, cell.Metric);
            Assert.Equal(cell.Metric is null, cell.PredictedMetric is { } prediction && prediction.Low < prediction.Value && prediction.Value < prediction.High);
            Assert.Equal(cell.Parameters <= Half.Parameters ? 1 : 0, cell.ChanceToFit);
            Assert.False(cell.IsFailed || cell.IsKnownBefore);
        });
        Assert.Equal(asked.MaxBy(Figure), done.Best);
        Assert.Equal(Figure(done.Best!), done.Choice!.Metric);
        Assert.All(done.Rounds, round => Assert.True(round.IsFinished));

        var entry = Assert.Single(await Catalog.ListAsync(specification.Run, limit: 10));
        Assert.Equal((specification.SearchId, SearchStatus.Completed, done.Best, done.FinishedAt), (entry.SearchId, entry.Status, entry.Best, entry.FinishedAt));
        Assert.Equal(entry, await Catalog.NewestAsync(specification.Run, specification.Iteration));
        Assert.Null(await Catalog.NewestAsync(specification.Run, specification.Iteration + 1));
        Assert.DoesNotContain(await Catalog.ListAsync("another-run", limit: 10), other => other.SearchId == specification.SearchId);
    }

    [Fact]
    public async Task Start_Twice_OnceAndOtherSpecificationRefused()
    {
        var specification = await NewAsync(Half, evaluations: 1);
        var search = Grain(specification);
        await search.StartAsync(specification);
        await search.StartAsync(specification with { });
        var e = await Assert.ThrowsAsync<PoaException>(() => search.StartAsync(specification with { Evaluations = 2 }));
        Assert.Equal(ErrorCodes.SearchExists, e.Code);
        await AnswerAsync(specification);
        Assert.Single((await search.UntilFinishedAsync())!.Rounds);
    }

    [Fact]
    public async Task Start_WhatCannotBe_RefusedWithItsReason()
    {
        var good = await NewAsync(Half, evaluations: 1);
        Task<PoaException> RefusedAsync(SearchSpecification specification) => Assert.ThrowsAsync<PoaException>(() => Grain(specification).StartAsync(specification));
        Assert.Equal(ErrorCodes.RunNotFound, (await RefusedAsync(good with { Run = Specifications.NewId() })).Code);
        Assert.Equal(ErrorCodes.CheckpointNotFound, (await RefusedAsync(good with { Iteration = 12345 })).Code);
        SearchSpecification[] wrong =
        [
            good with { Evaluations = 0 },
            good with { Benchmark = Benchmarks.Latency },
            good with { Benchmark = Benchmarks.Attention },
            good with { Benchmark = "nonsense" },
            good with { Data = EvaluationData.None },
            good with { Budget = new SearchBudget(LatencyMilliseconds: 0) },
            good with { Priority = 1000 },
        ];
        foreach (var specification in wrong)
        {
            Assert.Equal(ErrorCodes.InvalidArgument, (await RefusedAsync(specification)).Code);
        }

        Assert.Null(await Grain(good).FindAsync());
    }

    [Fact]
    public async Task Search_WhatIsStoredAlready_CostsNoEvaluation()
    {
        var first = await NewAsync(Half, evaluations: 5);
        await Grain(first).StartAsync(first);
        await AnswerAsync(first);
        var before = (await Grain(first).UntilFinishedAsync())!.SubNetworks.Where(cell => cell.Metric is not null).Select(cell => cell.SubNetwork).ToList();

        var second = first with { SearchId = Specifications.NewId("search"), Evaluations = 1 };
        await Grain(second).StartAsync(second);
        await AnswerAsync(second);
        var done = (await Grain(second).UntilFinishedAsync())!;

        Assert.Equal(1, done.Evaluations);
        Assert.Equal(before, done.SubNetworks.Where(cell => cell.IsKnownBefore).Select(cell => cell.SubNetwork));
        Assert.DoesNotContain(Assert.Single(Assert.Single(done.Rounds).SubNetworks), before);
    }

    [Fact]
    public async Task Search_LimitOnLatency_MeasuresItFirstAndEvaluatesNothingBeyondIt()
    {
        var specification = await NewAsync(new SearchBudget(LatencyMilliseconds: 0.6), evaluations: 5) with
        {
            LatencyOptions = ImmutableDictionary<string, string>.Empty.Add("threads", "1"),
        };
        await Grain(specification).StartAsync(specification);
        var works = await AnswerAsync(specification);

        var done = (await Grain(specification).UntilFinishedAsync())!;
        Assert.Equal((SearchStatus.Completed, 5), (done.Status, done.Evaluations));
        Assert.Equal(Benchmarks.Latency, done.Rounds[0].Benchmark);
        Assert.All(works.Where(work => work.Benchmark == Benchmarks.Latency), work => Assert.Equal(("1", EvaluationData.None), (work.Options["threads"], work.Data)));
        Assert.All(works.Where(work => work.Benchmark == Benchmarks.Knn), work => Assert.All(work.SubNetworks, name => Assert.True(Latency(name) <= 0.6)));
        Assert.All(done.SubNetworks, cell =>
        {
            Assert.Equal(cell.LatencyMilliseconds is null, cell.PredictedLatencyMilliseconds is not null);
            Assert.True(cell.LatencyMilliseconds is not { } measured || cell.ChanceToFit == (measured <= 0.6 ? 1 : 0));
        });
        Assert.Equal(done.SubNetworks.Count(cell => cell.LatencyMilliseconds is not null), done.LatencyMeasurements);
        Assert.True(done.Choice!.LatencyMilliseconds <= 0.6);
    }

    [Fact]
    public async Task Search_NothingWithinTheBudget_EndsWithoutAnEvaluation()
    {
        var specification = await NewAsync(new SearchBudget(Parameters: 10), evaluations: 5);
        await Grain(specification).StartAsync(specification);
        var done = (await Grain(specification).UntilFinishedAsync())!;

        Assert.Equal((SearchStatus.Completed, SearchStep.NothingFits, null, 0), (done.Status, done.Ended, done.Best, done.Rounds.Length));
    }

    [Fact]
    public async Task Search_PutDownAtEveryRound_GoesOnAndAsksNothingTwice()
    {
        var specification = await NewAsync(Half, evaluations: 6);
        var search = Grain(specification);
        await search.StartAsync(specification);
        var works = await AnswerAsync(specification, async () =>
        {
            await fixture.Cluster.DeactivateAsync(search);
            // Any call brings it back, as its reminder would.
            await search.FindAsync();
        });

        Assert.Equal(6, (await search.UntilFinishedAsync())!.Evaluations);
        Assert.Equal(6, works.SelectMany(work => work.SubNetworks).Distinct().Count());
        Assert.Equal(6, works.Sum(work => work.SubNetworks.Length));
    }

    [Fact]
    public async Task Cancel_WhileAWorkerHasItsSweep_StopsBothAndKeepsWhatWasMeasured()
    {
        var specification = await NewAsync(Half, evaluations: 6);
        var search = Grain(specification);
        await search.StartAsync(specification);
        var work = await Executor.BatchAsync(SearchId.SweepOf(specification.SearchId, 1));
        var name = work.Evaluation.SubNetworks[0];
        await work.Reporter.ResultAsync([FakeWork.ResultOf(name, Figure(name))]);
        await search.CancelAsync();
        await search.CancelAsync();
        Assert.Equal(StopReason.Cancel, await work.StopRequestedAsync());
        await work.StopAsAskedAsync(StopReason.Cancel);

        var done = (await search.UntilFinishedAsync())!;
        Assert.Equal((SearchStatus.Cancelled, name, null), (done.Status, done.Best, done.Ended));
        Assert.All(done.SubNetworks, cell => Assert.False(cell.IsFailed));
    }

    [Fact]
    public async Task Cancel_OfItsSweep_EndsTheSearch()
    {
        var specification = await NewAsync(Half, evaluations: 6);
        await Grain(specification).StartAsync(specification);
        var work = await Executor.BatchAsync(SearchId.SweepOf(specification.SearchId, 1));
        await fixture.Client.GetGrain<IEvaluationSweepGrain>(SearchId.SweepOf(specification.SearchId, 1)).CancelAsync();
        await work.StopRequestedAsync();
        await work.StopAsAskedAsync(StopReason.Cancel);

        Assert.Equal(SearchStatus.Cancelled, (await Grain(specification).UntilFinishedAsync())!.Status);
    }

    [Fact]
    public async Task Search_WhoseFirstSweepFails_FailsWithItsError()
    {
        var specification = await NewAsync(Half, evaluations: 6);
        await Grain(specification).StartAsync(specification);
        var work = await Executor.BatchAsync(SearchId.SweepOf(specification.SearchId, 1));
        await work.FailAsync(retryable: false);

        var done = (await Grain(specification).UntilFinishedAsync())!;
        Assert.Equal((SearchStatus.Failed, "test-fault"), (done.Status, done.Error!.Code));
        Assert.Single(done.Rounds);
    }

    [Fact]
    public async Task Search_OneThatFailsLater_IsLeftOut()
    {
        var specification = await NewAsync(Half, evaluations: 5);
        await Grain(specification).StartAsync(specification);
        var first = await Executor.BatchAsync(SearchId.SweepOf(specification.SearchId, 1));
        await AnswerAsync(first);
        var second = await Executor.BatchAsync(SearchId.SweepOf(specification.SearchId, 2));
        var unlucky = Assert.Single(second.Evaluation.SubNetworks);
        await second.FailAsync(retryable: false);
        await AnswerAsync(specification, from: 3);

        var done = (await Grain(specification).UntilFinishedAsync())!;
        Assert.Equal((SearchStatus.Completed, 5), (done.Status, done.Evaluations));
        Assert.Equal([unlucky], done.SubNetworks.Where(cell => cell.IsFailed).Select(cell => cell.SubNetwork));
        Assert.Single(done.Rounds, round => round.SubNetworks.Contains(unlucky));
    }

    [Fact]
    public async Task Search_ByAFigureThatResultsLack_FailsAndListsThem()
    {
        var specification = await NewAsync(Half, evaluations: 5) with { Metric = "top9@20" };
        await Grain(specification).StartAsync(specification);
        await AnswerAsync(await Executor.BatchAsync(SearchId.SweepOf(specification.SearchId, 1)));

        var error = (await Grain(specification).UntilFinishedAsync())!.Error!;
        Assert.Contains("top9@20", error.Message, StringComparison.Ordinal);
        Assert.Contains("top1@20", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_CheckpointTrainedAnewMeanwhile_FailsInsteadOfComparing()
    {
        var specification = await NewAsync(Half, evaluations: 6);
        await Grain(specification).StartAsync(specification);
        await AnswerAsync(await Executor.BatchAsync(SearchId.SweepOf(specification.SearchId, 1)));
        var work = await Executor.BatchAsync(SearchId.SweepOf(specification.SearchId, 2));
        var results = work.Evaluation.SubNetworks.Select(name => FakeWork.ResultOf(name, Figure(name)));
        await work.Reporter.ResultAsync([.. results.Select(result => result with { Protocol = result.Protocol.SetItem(EvaluationResult.CheckpointFact, "other") })]);
        await work.CompleteAsync();

        var done = (await Grain(specification).UntilFinishedAsync())!;
        Assert.Equal((SearchStatus.Failed, ErrorCodes.CheckpointNotFound), (done.Status, done.Error!.Code));
        Assert.Contains("trained anew", done.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(done.SubNetworks, cell => cell.Metric is not null && work.Evaluation.SubNetworks.Contains(cell.SubNetwork));
    }

    [Fact]
    public async Task Search_WhoseConfigurationThisSiloCannotRead_Fails()
    {
        var specification = await NewAsync(Half, evaluations: 6);
        var state = new SearchState { Specification = specification, ConfigurationYaml = "student:\n  arch: of_a_later_version\n", Status = SearchStatus.Running };
        fixture.Storage.Seed("search", GrainId.Create("budget-search", specification.SearchId), new GrainJson().Serialize(state).ToString());

        var done = (await Grain(specification).UntilFinishedAsync())!;
        Assert.Equal((SearchStatus.Failed, ErrorCodes.InvalidArgument), (done.Status, done.Error!.Code));
        Assert.Contains("of_a_later_version", done.Error.Message, StringComparison.Ordinal);
        Assert.Contains("same version", done.Error.Remedy, StringComparison.Ordinal);
        var entry = (await Wait.ForAsync(() => Catalog.ListAsync(specification.Run, limit: 10), entries => !entries.IsEmpty, "the search is listed"))[0];
        Assert.Equal((SearchStatus.Failed, null), (entry.Status, entry.Best));
    }

    /// <summary>Rises with width and depth.</summary>
    private static double Figure(string name)
    {
        var cell = SubNetwork.Parse(name);
        return 60 + (cell.Width / 8.0) + (1.1 * cell.Depth.Blocks);
    }

    private static double Latency(string name) => Grid.CostOf(SubNetwork.Parse(name), ImageSize).MultiplyAccumulates / 1e7;

    private static async Task AnswerAsync(FakeWork work)
    {
        var evaluation = work.Evaluation;
        await work.Reporter.ResultAsync(
        [
            .. evaluation.SubNetworks.Select(name => evaluation.Benchmark == Benchmarks.Latency
                ? FakeWork.ResultOf(name, Latency(name), Benchmarks.Latency, "p50_ms")
                : FakeWork.ResultOf(name, Figure(name))),
        ]);
        await work.CompleteAsync();
    }

    private IBudgetSearchGrain Grain(SearchSpecification specification) => fixture.Client.GetGrain<IBudgetSearchGrain>(specification.SearchId);

    private ISearchCatalogGrain Catalog => fixture.Client.GetGrain<ISearchCatalogGrain>(0);

    private async Task<SearchSpecification> NewAsync(SearchBudget budget, int evaluations) => new()
    {
        SearchId = Specifications.NewId("search"),
        Run = (await Specifications.PausedRunAsync(fixture, Configuration.ToYaml())).GetPrimaryKeyString(),
        Iteration = 0,
        Benchmark = Benchmarks.Knn,
        Data = new EvaluationData("demo?split=train", "demo?split=test"),
        Budget = budget,
        Evaluations = evaluations,
    };

    /// <summary>Does the work of each of the search's sweeps until the search is finished.</summary>
    private async Task<List<EvaluationWork>> AnswerAsync(SearchSpecification specification, Func<Task>? whileWorking = null, int from = 1)
    {
        var done = new List<EvaluationWork>();
        for (var number = from; ; number++)
        {
            if ((await Grain(specification).UntilAsync(search => search.IsFinished || search.Rounds.Length >= number))!.Rounds.Length < number)
            {
                return done;
            }

            var work = await Executor.BatchAsync(SearchId.SweepOf(specification.SearchId, number));
            done.Add(work.Evaluation);
            await (whileWorking?.Invoke() ?? Task.CompletedTask);
            await AnswerAsync(work);
            await Grain(specification).UntilAsync(search => search.Rounds[number - 1].IsFinished);
        }
    }
}

/// <summary>Waiting for searches.</summary>
internal static class SearchWaiting
{
    public static Task<SearchSnapshot?> UntilAsync(this IBudgetSearchGrain search, Func<SearchSnapshot, bool> holds) =>
        Wait.ForAsync(() => search.FindAsync(), s => holds(s!), $"search {search.GetPrimaryKeyString()}");

    public static Task<SearchSnapshot?> UntilFinishedAsync(this IBudgetSearchGrain search) => search.UntilAsync(s => s.IsFinished);
}
