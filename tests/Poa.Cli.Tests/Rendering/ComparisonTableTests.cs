using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Cli.Rendering;
using Xunit;

namespace Poa.Cli.Tests.Rendering;

public sealed class ComparisonTableTests
{
    [Fact]
    public void Lines_TwoFiguresOfTwoSubNetworks_AreRowsWithTheirGain()
    {
        var comparison = new BenchmarkComparison(
            Benchmarks.Describe(Benchmarks.Knn),
            [("a", "figure A"), ("b", "figure B")],
            [Result("96x5", 10, 1), Result("48x2", 20, 2)],
            [Result("48x2", 25.5, 1.5), Result("96x5", 30, 4)]);

        Assert.Equal(
        [
            "benchmark       sub-network  untrained  pre-trained   gain",
            "k-NN, figure A  48x2              20.0         25.5   +5.5",
            "k-NN, figure A  96x5              10.0         30.0  +20.0",
            "k-NN, figure B  48x2               2.0          1.5   -0.5",
            "k-NN, figure B  96x5               1.0          4.0   +3.0",
        ], ComparisonTable.Lines([comparison]));
    }

    [Fact]
    public void Lines_FigureMissingBefore_ShowsADash()
    {
        var comparison = new BenchmarkComparison(Benchmarks.Describe(Benchmarks.Knn), [("a", "A")], [], [Result("48x2", 25, 1)]);

        Assert.EndsWith("48x2                 -         25.0     -", ComparisonTable.Lines([comparison]).Last(), StringComparison.Ordinal);
    }

    private static EvaluationResult Result(string subNetwork, double a, double b) => new()
    {
        SubNetwork = subNetwork,
        Benchmark = Benchmarks.Knn,
        Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("a", a).Add("b", b),
        Headline = "a",
        Protocol = ImmutableSortedDictionary<string, string>.Empty,
    };
}
