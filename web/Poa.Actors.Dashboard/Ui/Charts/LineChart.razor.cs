using Microsoft.AspNetCore.Components;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Line = Plotly.Blazor.Traces.ScatterLib.Line;
using PlotlyLayout = Plotly.Blazor.Layout;

namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>
/// Curves over a common axis. Other <see cref="Series"/> (another instance) draw it anew; <see cref="ExtendAsync"/> adds points to what
/// is drawn. About 1,500 points for each curve are drawn without delay.
/// </summary>
public sealed partial class LineChart
{
    private readonly string switchId = "log" + Guid.NewGuid().ToString("N")[..8];
    private IReadOnlyList<LineSeries>? drawnSeries;
    private bool? drawnLog;
    private List<ITrace> traces = [];
    private PlotlyLayout layout = new();
    private PlotlyFigure? figure;
    private int points;

    /// <summary>The curves.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<LineSeries> Series { get; set; } = [];

    /// <summary>Title; also the beginning of the text for screen readers.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>Title of the x axis with its unit.</summary>
    [Parameter, EditorRequired]
    public string XTitle { get; set; } = "";

    /// <summary>Title of the y axis with its unit.</summary>
    [Parameter, EditorRequired]
    public string YTitle { get; set; } = "";

    /// <summary>Whether the y axis is logarithmic.</summary>
    [Parameter]
    public bool LogScale { get; set; }

    /// <summary>The reader chose another scale.</summary>
    [Parameter]
    public EventCallback<bool> LogScaleChanged { get; set; }

    /// <summary>Whether the reader can choose the scale.</summary>
    [Parameter]
    public bool LogSwitch { get; set; }

    /// <summary>Height in CSS pixels.</summary>
    [Parameter]
    public int Height { get; set; } = 320;

    /// <summary>What the curves say, for screen readers; first and last values if null.</summary>
    [Parameter]
    public string? Summary { get; set; }

    /// <summary>The reader zoomed in, or back to all of the curves (null).</summary>
    [Parameter]
    public EventCallback<ChartWindow?> OnZoom { get; set; }

    /// <summary>Adds points to curves that are drawn.</summary>
    /// <param name="newPoints">The new points by the name of the curve; for a curve with a band with its edges.</param>
    /// <exception cref="ArgumentException">There is no curve of such a name.</exception>
    public async Task ExtendAsync(IReadOnlyList<LineSeries> newPoints)
    {
        var (x, y, indices) = (new List<IReadOnlyList<object?>>(), new List<IReadOnlyList<object?>>(), new List<int>());
        foreach (var series in newPoints.Where(series => series.X.Length > 0))
        {
            var index = IndexOf(series.Name);
            points += series.X.Length;
            foreach (var (offset, values) in Lines(series))
            {
                x.Add([.. series.X.Select(value => (object?)value)]);
                y.Add([.. values.Select(ChartParts.Value)]);
                indices.Add(index + offset);
            }
        }

        if (indices.Count > 0 && !(figure is not null && await figure.ExtendAsync(x, y, indices)))
        {
            for (var i = 0; i < indices.Count; i++)
            {
                var trace = (Scatter)traces[indices[i]];
                trace.X = [.. trace.X, .. x[i]];
                trace.Y = [.. trace.Y, .. y[i]];
            }
        }

        StateHasChanged();
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (!ReferenceEquals(drawnSeries, Series))
        {
            drawnSeries = Series;
            points = Series.Sum(series => series.X.Length);
            traces = [.. Series.SelectMany(Traces)];
        }

        var needsLegend = Series.Count > 1;
        if (drawnLog != LogScale || layout.Title?.Text != ChartParts.Plain(Title) || layout.ShowLegend != needsLegend)
        {
            drawnLog = LogScale;
            layout = ChartParts.Layout(Title, XTitle, YTitle, logY: LogScale);
            layout.HoverMode = HoverModeEnum.X;
            layout.ShowLegend = needsLegend;
            layout.UiRevision = Title; // what the reader zoomed into stays when points are added
        }
    }

    /// <summary>Values of the lines that a curve is drawn with, by their place behind its first trace.</summary>
    private static IEnumerable<(int Offset, double[] Values)> Lines(LineSeries series) => series is { Min: { } min, Max: { } max }
        ? [(0, min), (1, max), (2, series.Y)]
        : [(0, series.Y)];

    private static int TracesOf(LineSeries series) => Lines(series).Count();

    private static IEnumerable<ITrace> Traces(LineSeries series, int index)
    {
        var x = series.X.Select(value => (object)value).ToList();
        var lines = Lines(series).ToList();
        foreach (var (offset, values) in lines)
        {
            var isCurve = offset == lines.Count - 1;
            yield return new Scatter
            {
                Name = ChartParts.Plain(series.Name),
                LegendGroup = ChartParts.Plain(series.Name),
                Mode = ModeFlag.Lines,
                X = [.. x],
                Y = [.. values.Select(ChartParts.Value)!],
                ShowLegend = isCurve,
                HoverInfo = isCurve ? null : HoverInfoFlag.Skip,
                Fill = offset == 1 ? FillEnum.ToNextY : null,
                FillColor = offset == 1 ? ChartParts.Colour(index, 0.2) : null,
                Line = new Line { Color = ChartParts.Colour(index, isCurve ? 1 : 0), Width = isCurve ? 2 : 0 },
            };
        }
    }

    private int IndexOf(string name)
    {
        var index = 0;
        foreach (var series in Series)
        {
            if (series.Name == name)
            {
                return index;
            }

            index += TracesOf(series);
        }

        throw new ArgumentException($"The chart has no curve '{name}'.", nameof(name));
    }

    private async Task SwitchAsync(ChangeEventArgs change)
    {
        LogScale = change.Value is true;
        OnParametersSet();
        await LogScaleChanged.InvokeAsync(LogScale);
    }

    private void Zoomed(ChartWindow? window) => _ = InvokeAsync(() => OnZoom.InvokeAsync(window));

    private string Words() => Summary ?? $"{Title}, {YTitle} over {XTitle}. " + string.Join(" ", Series.Select(series =>
        series.X.Length == 0
            ? $"{series.Name}: no points yet."
            : $"{series.Name}: from {Formats.Number(series.Y[0])} at {Formats.Number(series.X[0], 0)} to {Formats.Number(series.Y[^1])} at {Formats.Number(series.X[^1], 0)}."));
}
