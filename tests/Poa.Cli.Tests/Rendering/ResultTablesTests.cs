using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Cli.Rendering;
using Poa.Elastic;
using Xunit;

namespace Poa.Cli.Tests.Rendering;

public sealed class ResultTablesTests
{
    private static readonly EvaluationResult[] Results = [Result("48x2", 61.25), Result("48x3", 62), Result("96x2", 63.0), Result("96x3", 70.123)];

    [Fact]
    public void Grid_Results_ShowPercentWithOneDecimal() =>
        Assert.Equal("     96  63.0  70.1", ResultTables.Grid(Results, ["top1@20"], 80).Last());

    [Fact]
    public void Grid_Pixels_IsALine() =>
        Assert.Equal(["pixels: 81.2"], ResultTables.Grid([Result("pixels", 81.2)], ["top1@20"], 80));

    [Fact]
    public void CsvLines_Results_HaveHeaderAndExactFigures()
    {
        var lines = ResultTables.CsvLines("run", 7, Results).ToArray();

        Assert.Equal("run,iteration,benchmark,sub_network,width,depth,parameters,multiply_accumulates,top1@20", lines[0]);
        Assert.Equal("run,7,knn,96x3,96,3,1000,2000,70.123", lines[4]);
    }

    [Fact]
    public void ChooseMetric_Unknown_ListsThoseThereAre()
    {
        var error = Assert.Throws<CliException>(() => ResultTables.ChooseMetric(Results, "top9"));

        Assert.Equal(ExitCodes.Usage, error.ExitCode);
        Assert.Contains("top1@20", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Protocol_WhatDiffersBetweenResults_IsLeftOut()
    {
        var other = Results[0] with { Protocol = Results[0].Protocol.SetItem("checkpoint_sha256", "fff") };

        Assert.Equal("crop 28, checkpoint abcdef012345", ResultTables.Protocol([Results[0]]));
        Assert.Equal("crop 28", ResultTables.Protocol([Results[0], other]));
    }

    [Fact]
    public void Grid_Latency_ShowsMillisecondsAndItsOwnProtocol()
    {
        EvaluationResult[] results = [Latency("48x2", 0.84213), Latency("48x3", 1.25), Latency("96x2", 12.346), Latency("96x3", 1204.4)];

        Assert.Equal(["     48 0.842 1.250", "     96 12.35  1204"], ResultTables.Grid(results, ["p50_ms"], 80).TakeLast(2));
        Assert.Equal("device cpu, threads 2, image size 28", ResultTables.Protocol(results));
    }

    [Fact]
    public void Grid_SeveralFigures_StandSideBySide()
    {
        var results = new[] { Latency("48x2", 0.84213), Latency("48x3", 1.25) }
            .Select(result => result with { Metrics = result.Metrics.Add("p95_ms", result.Metrics["p50_ms"] * 2) }).ToArray();

        Assert.Equal("     48 0.842 1.250    1.684 2.500", ResultTables.Grid(results, ["p50_ms", "p95_ms"], 80).Last());
    }

    [Fact]
    public void Protocol_LatencyOfDifferentMachines_NamesThemAll()
    {
        var one = Latency("48x2", 0.8);
        var other = Latency("48x3", 1.2) with { Protocol = one.Protocol.SetItem("threads", "4") };

        Assert.Equal("device cpu, threads 2 / 4, image size 28", ResultTables.Protocol([one, other]));
    }

    [Fact]
    public void DemoReport_StoredResults_ShowGainsAndCost()
    {
        var report = new DemoReport
        {
            Run = new RunSnapshot
            {
                Specification = new RunSpecification { RunId = "demo-1", ConfigurationYaml = "", Data = "demo" },
                Status = RunStatus.Completed,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Cost = new WorkCost(TimeSpan.FromSeconds(100), 20_000, 300, "cpu (2 threads)"),
            },
            Threads = 2,
            Trained = Results,
            Untrained = [.. Results.Select(result => Result(result.SubNetwork, 60))],
            Pixels = Result("pixels", 65),
            Places = [("data folder", "/home")],
            NextSteps = [("again", "poa results")],
        };

        var lines = report.Lines(100).ToArray();

        Assert.Contains("     96  63.0  70.1     60.0  60.0     +3.0 +10.1", lines);
        Assert.Contains("raw pixels: 65.0 (no network; 1 of 4 sub-networks are above it)", lines);
        Assert.Contains("cost of pre-training: 1:40 on cpu (2 threads), 300 steps, 20,000 images, 200 images/s, 200 core-seconds (energy is not measured)", lines);
        Assert.Contains("data folder  /home", lines);
    }

    private static EvaluationResult Result(string subNetwork, double top1) => new()
    {
        SubNetwork = subNetwork,
        Benchmark = SubNetwork.TryParse(subNetwork, out _) ? Benchmarks.Knn : Benchmarks.PixelKnn,
        Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("top1@20", top1),
        Headline = "top1@20",
        Protocol = ImmutableSortedDictionary<string, string>.Empty.Add("crop", "28").Add("checkpoint_sha256", "abcdef0123456789"),
        Parameters = 1000,
        MultiplyAccumulates = 2000,
    };

    private static EvaluationResult Latency(string subNetwork, double milliseconds) => Result(subNetwork, 0) with
    {
        Benchmark = Benchmarks.Latency,
        Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("p50_ms", milliseconds),
        Headline = "p50_ms",
        Protocol = ImmutableSortedDictionary<string, string>.Empty.Add("device", "cpu").Add("threads", "2").Add("image_size", "28"),
    };
}
