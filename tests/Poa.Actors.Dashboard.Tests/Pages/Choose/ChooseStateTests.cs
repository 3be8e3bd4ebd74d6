using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Pages.Choose;
using Poa.Actors.Dashboard.Tests.Pages.Grid;

namespace Poa.Actors.Dashboard.Tests.Pages.Choose;

public sealed class ChooseStateTests
{
    private static readonly GridView View = SampleGrid.View(
        SampleGrid.Knn(("32x2", 60), ("32x4", 70), ("48x2", 65), ("48x4", 75)), SampleGrid.Latency(("32x2", 1), ("32x4", 2)));

    [Fact]
    public void Of_NoBudget_IsTheBestMeasuredAndNotesTheRest()
    {
        var state = ChooseState.Of(View, null, null, null, ChooseQuery.Read(null, "", " "));

        Assert.Equal("48x4", state.Choice.Best!.SubNetwork.ToString());
        Assert.Equal(["32x3", "48x3"], state.Choice.Unmeasured.Select(c => c.SubNetwork.ToString()));
        Assert.Equal((4, 2, GridFigure.ParametersKey), (state.Points.Count, state.PointsMissing, state.Cost.Key));
        Assert.Equal("48x4", Assert.Single(state.Points, point => point.IsMarked).Label);
    }

    [Fact]
    public void Of_LatencyLimit_IsTheBestOfThoseThatKeepToIt()
    {
        var state = ChooseState.Of(View, null, null, null, ChooseQuery.Read(null, null, "1.5 ms"));

        Assert.Equal("32x2", state.Choice.Best!.SubNetwork.ToString());
        Assert.Equal(4, state.Choice.Unmeasured.Length);
    }

    [Fact]
    public void Of_ByLatency_FrontIsAgainstTheMeasuredTime()
    {
        var state = ChooseState.Of(View, null, View.Measurements.Single(m => m.Benchmark.Name == "latency").Key, null, ChooseQuery.Read(null, null, null));

        Assert.Equal("Latency p50 (ms)", state.Cost.Label);
        Assert.Equal(["32x2", "32x4"], state.Front);
    }

    [Fact]
    public void Of_AttentionAskedLast_ChoosesByWhatJudges()
    {
        var attention = SampleGrid.Sweep(Benchmarks.Attention, SampleGrid.Data, "patches for 60 %", ("32x2", 30), ("32x3", 31), ("32x4", 32), ("48x2", 33), ("48x3", 34), ("48x4", 35));

        var state = ChooseState.Of(SampleGrid.View(SampleGrid.Knn(("32x2", 60)), attention), null, null, null, ChooseQuery.Read(null, null, null));

        Assert.Equal("k-NN top-1, k = 20", state.Metric!.Title);
        Assert.False(ChooseState.IsWorth(SampleGrid.View(attention).Figures().Last()));
        Assert.Null(ChooseState.Of(SampleGrid.View(attention), null, null, null, ChooseQuery.Read(null, null, null)).Metric);
    }

    [Fact]
    public void Of_NothingMeasured_HasNoMetric() => Assert.Null(ChooseState.Of(SampleGrid.View(), null, null, null, ChooseQuery.Read("1k", null, null)).Metric);

    [Fact]
    public void Read_WrongLimit_IsLeftOutAndSaysWhy()
    {
        var query = ChooseQuery.Read("30m", "1.2G", "soon");

        Assert.False(query.IsValid);
        Assert.Equal((null, 1_200_000_000L, null), (query.Budget.Parameters, query.Budget.MultiplyAccumulates!.Value, query.Budget.LatencyMilliseconds));
        Assert.Contains("30M", query.ParametersFault, StringComparison.Ordinal);
        Assert.Contains("5 ms", query.LatencyFault, StringComparison.Ordinal);
        Assert.Null(query.OperationsFault);
    }
}
