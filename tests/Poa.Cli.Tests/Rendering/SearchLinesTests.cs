using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Cli.Rendering;
using Poa.Elastic;
using Xunit;

namespace Poa.Cli.Tests.Rendering;

public sealed class SearchLinesTests
{
    private static readonly SearchSnapshot Search = new()
    {
        Specification = new SearchSpecification
        {
            SearchId = "search-1",
            Run = "demo-1",
            Iteration = 3200,
            Benchmark = Benchmarks.Knn,
            Data = new EvaluationData("demo?split=train", "demo?split=test"),
            Budget = new SearchBudget(Parameters: 200_000),
            Evaluations = 5,
        },
        Status = SearchStatus.Completed,
        Version = 7,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Ended = SearchStep.Spent,
        Metric = "top1@20",
        Best = "64x3",
        Evaluations = 2,
        SubNetworks =
        [
            new() { SubNetwork = "48x2", Parameters = 64_608, MultiplyAccumulates = 1_108_416, PredictedMetric = new(74.04, 72.9, 75.21), ChanceToFit = 1 },
            new() { SubNetwork = "48x3", Parameters = 92_880, MultiplyAccumulates = 1_606_176, Metric = 75.3, ChanceToFit = 1, IsKnownBefore = true },
            new() { SubNetwork = "48x4", Parameters = 121_152, MultiplyAccumulates = 2_103_936, IsFailed = true, PredictedMetric = new(76, 75, 77), ChanceToFit = 1 },
            new() { SubNetwork = "64x3", Parameters = 160_704, MultiplyAccumulates = 2_768_256, Metric = 77.55, ChanceToFit = 1 },
            new() { SubNetwork = "96x5", Parameters = 575_328, MultiplyAccumulates = 9_903_552, PredictedMetric = new(81, 79, 83), ChanceToFit = 0 },
        ],
    };

    [Fact]
    public void Of_ASearch_MeasuredFirstAndPredictionsMarkedWithTheirInterval() => Assert.Equal(
        [
            "search-1: best by top1@20 of knn in demo-1 at iteration 3200, at most 200,000 parameters",
            "64x3: top1@20 77.5 %, measured; 160,704 parameters, 2,768,256 multiply-accumulates",
            "2 evaluations; the evaluations or latency measurements allowed are spent",
            "sub-network  top1@20                                       parameters  multiply-acc.",
            "64x3            77.5  measured                                160,704      2,768,256",
            "48x3            75.3  measured before                          92,880      1,606,176",
            "48x4                  failed                                  121,152      2,103,936",
            "48x2           ~74.0  predicted, 90 % within 72.9 to 75.2      64,608      1,108,416",
        ],
        SearchLines.Of(Search, null));

    [Fact]
    public void Of_ALimitOnLatency_TellsLatenciesAndHowTheyWereMeasured()
    {
        var search = Search with
        {
            Specification = Search.Specification with { Budget = new SearchBudget(LatencyMilliseconds: 0.5) },
            LatencyMeasurements = 1,
            SubNetworks = [Search.SubNetworks[0] with { PredictedLatencyMilliseconds = new(0.3, 0.25, 0.36) }, Search.SubNetworks[3] with { LatencyMilliseconds = 0.426 }],
        };

        string[] lines = [.. SearchLines.Of(search, "device cpu, threads 1")];

        Assert.EndsWith("at most 0.5 ms", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("multiply-accumulates, 0.426 ms", lines[1], StringComparison.Ordinal);
        Assert.Equal("2 evaluations and 1 latency measurements; the evaluations or latency measurements allowed are spent", lines[2]);
        Assert.EndsWith("0.426  measured", lines[4], StringComparison.Ordinal);
        Assert.EndsWith("~0.300  predicted, 90 % within 0.250 to 0.360", lines[5], StringComparison.Ordinal);
        Assert.Equal("(latency: device cpu, threads 1)", lines[6]);
    }

    [Fact]
    public void List_Searches_OneLineEach()
    {
        SearchEntry[] searches =
        [
            new("search-2", "demo-1", 3200, Benchmarks.Knn, new SearchBudget(Parameters: 200_000), SearchStatus.Completed, "64x3", DateTimeOffset.UnixEpoch, null, "", 1),
            new("search-1", "demo-1", 3200, Benchmarks.Linear, new SearchBudget(), SearchStatus.Running, null, DateTimeOffset.UnixEpoch, null, "", 1),
        ];

        string[] lines = [.. SearchLines.List(searches)];

        Assert.Equal(3, lines.Length);
        Assert.Matches("^search-2 +completed .* 3200 +knn +64x3 +at most 200,000 parameters$", lines[1]);
        Assert.Matches("^search-1 +running .* 3200 +linear +- +without a limit$", lines[2]);
    }

    [Fact]
    public void Of_NothingFound_SaysSo()
    {
        string[] lines = [.. SearchLines.Of(Search with { Best = null, Ended = SearchStep.NothingFits, Evaluations = 0, SubNetworks = ImmutableArray<SearchedSubNetwork>.Empty }, null)];

        Assert.Equal(["No sub-network that was measured keeps to the budget.", "0 evaluations; nothing keeps to the budget"], lines[1..]);
    }
}
