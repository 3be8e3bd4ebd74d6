using System.Globalization;
using Bunit;
using Poa.Actors.Dashboard.Ui;
using Poa.Actors.Dashboard.Ui.Charts;
using Scatter = Plotly.Blazor.Traces.Scatter;

namespace Poa.Actors.Dashboard.Tests.Ui;

public sealed class ChartTests : BunitContext
{
    public ChartTests()
    {
        CultureInfo.CurrentUICulture = new CultureInfo("en-US");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddDashboardUi();
    }

    [Fact]
    public void LineChart_Band_IsDrawnBelowItsCurve()
    {
        var traces = Traces(Lines(new LineSeries("loss", [0, 1], [5, double.NaN], [4, 4], [6, 6])));

        Assert.Equal(3, traces.Count);
        Assert.Equal([5f, null], traces[^1].Y);
        Assert.Single(traces, trace => trace.ShowLegend == true);
    }

    [Fact]
    public async Task LineChart_Extend_GrowsTheNamedCurveOnce()
    {
        var chart = Lines(new LineSeries("a", [0, 1], [5, 4]), new LineSeries("b", [0], [9], [8], [10]));

        await chart.InvokeAsync(() => chart.Instance.ExtendAsync([new LineSeries("b", [1, 2], [8, 7], [7, 6], [9, 8])]));

        Assert.Equal([2, 3, 3, 3], Traces(chart).Select(trace => trace.X.Count));
        Assert.Equal("5", chart.Find("figure").GetAttribute("data-points"));
    }

    [Fact]
    public async Task LineChart_ExtendUnknownCurve_Throws()
    {
        var chart = Lines(new LineSeries("a", [0], [5]));

        await Assert.ThrowsAsync<ArgumentException>(() => chart.InvokeAsync(() => chart.Instance.ExtendAsync([new LineSeries("c", [1], [1])])));
    }

    [Fact]
    public void LineChart_Summary_TellsFirstAndLastValue() =>
        Assert.Contains("loss: from 5.000 at 0 to 3.000 at 10.", Lines(new LineSeries("loss", [0, 10], [5, 3])).Find("figcaption").TextContent);

    [Fact]
    public void LineChart_MarkupInAName_IsPlainText() =>
        Assert.Equal("&lt;a href=x&gt;", Assert.Single(Traces(Lines(new LineSeries("<a href=x>", [0], [1])))).Name);

    [Fact]
    public async Task HeatMap_Touches_BecomePlacesOfTheMap()
    {
        var gestures = new List<HeatGesture>();
        var map = Map(p => p.Add(m => m.OnGesture, gestures.Add));
        var figure = map.FindComponent<PlotlyFigure>();

        await figure.InvokeAsync(() => figure.Instance.TouchedAsync(isDrag: false, [[0, 3]]));
        await figure.InvokeAsync(() => figure.Instance.TouchedAsync(isDrag: true, [[1, 0], [1, 2], [1, 99], [1, -1], [1]]));

        Assert.Equal([new HeatPlace("64", "4")], gestures[0].Places);
        Assert.Equal([new HeatPlace("48", "2"), new HeatPlace("48", "4")], gestures[1].Places);
        Assert.Equal((false, true), (gestures[0].IsDrag, gestures[1].IsDrag));
    }

    [Fact]
    public void HeatMap_Selected_IsFramedAndMissingCellsStayEmpty()
    {
        var map = Map(p => p.Add(m => m.Selected, new HashSet<HeatPlace> { new("64", "4") }));
        var chart = map.FindComponent<BrowserChart>().Instance;

        var frame = Assert.Single(chart.Layout.Shapes);
        Assert.Equal((0.53, 0.53), ((double)frame.X0, (double)frame.Y0));
        Assert.Equal([[70f, null], [null, 80f]], ((Plotly.Blazor.Traces.HeatMap)chart.Data[0]).Z.Cast<IEnumerable<object?>>());
        Assert.Contains("2 of 4 cells have a value, from 70.000 (48, 2) to 80.000 (64, 4)", map.Find("figcaption").TextContent);
    }

    [Fact]
    public async Task ScatterChart_Click_TellsThePointAlsoOnTheFront()
    {
        var clicked = new List<string>();
        var chart = Render<ScatterChart>(p => p.Add(c => c.Title, "Choice").Add(c => c.XTitle, "M").Add(c => c.YTitle, "%")
            .Add(c => c.Points, [new("a", 1, 1), new("b", 2, 2), new("c", 3, 3, IsMarked: true)]).Add(c => c.Front, ["b", "c"])
            .Add(c => c.OnPoint, point => clicked.Add(point.Label)));
        var figure = chart.FindComponent<PlotlyFigure>();

        foreach (var touch in (int[][])[[0, 1], [1, 1], [2, 0], [7, 0], [0, 9]])
        {
            await figure.InvokeAsync(() => figure.Instance.TouchedAsync(isDrag: false, [touch]));
        }

        Assert.Equal(["b", "c", "c"], clicked);
    }

    private static List<Scatter> Traces(IRenderedComponent<LineChart> chart) => [.. chart.FindComponent<BrowserChart>().Instance.Data.Cast<Scatter>()];

    private IRenderedComponent<LineChart> Lines(params LineSeries[] series) =>
        Render<LineChart>(p => p.Add(c => c.Title, "Loss").Add(c => c.XTitle, "Iteration").Add(c => c.YTitle, "Loss").Add(c => c.Series, series));

    private IRenderedComponent<HeatMap> Map(Action<ComponentParameterCollectionBuilder<HeatMap>> more) =>
        Render<HeatMap>(p =>
        {
            p.Add(m => m.Title, "k-NN").Add(m => m.XTitle, "Width").Add(m => m.YTitle, "Depth").Add(m => m.ScaleTitle, "Top-1 (%)")
                .Add(m => m.Columns, ["48", "64"]).Add(m => m.Rows, ["2", "4"])
                .Add(m => m.Cells, [new HeatCell(new("48", "2"), 70), new HeatCell(new("64", "4"), 80)]);
            more(p);
        });
}
