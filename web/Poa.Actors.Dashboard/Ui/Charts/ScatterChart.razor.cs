using Microsoft.AspNetCore.Components;
using Plotly.Blazor;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Line = Plotly.Blazor.Traces.ScatterLib.Line;
using PlotlyLayout = Plotly.Blazor.Layout;

namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>Points with names, some of them joined by a front line. Draws anew when it is given other points (another instance).</summary>
public sealed partial class ScatterChart
{
    private (IReadOnlyList<ScatterPoint>?, string, bool) drawn;
    private IList<ITrace> traces = [];
    private IReadOnlyList<IReadOnlyList<ScatterPoint>> groups = [];
    private PlotlyLayout layout = new();
    private EventCallback<ChartTouch> touch;

    /// <summary>All points.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ScatterPoint> Points { get; set; } = [];

    /// <summary>Title; also the beginning of the text for screen readers.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>Title of the x axis with its unit.</summary>
    [Parameter, EditorRequired]
    public string XTitle { get; set; } = "";

    /// <summary>Title of the y axis with its unit.</summary>
    [Parameter, EditorRequired]
    public string YTitle { get; set; } = "";

    /// <summary>Labels of the points on the front, in the order in which they are joined.</summary>
    [Parameter]
    public IReadOnlyList<string> Front { get; set; } = [];

    /// <summary>Name of the front in the legend.</summary>
    [Parameter]
    public string FrontTitle { get; set; } = "Pareto front";

    /// <summary>Name of the other points in the legend.</summary>
    [Parameter]
    public string PointsTitle { get; set; } = "Sub-networks";

    /// <summary>Name of the marked points in the legend.</summary>
    [Parameter]
    public string MarkedTitle { get; set; } = "Chosen";

    /// <summary>Whether the x axis is logarithmic.</summary>
    [Parameter]
    public bool LogX { get; set; }

    /// <summary>A point was clicked.</summary>
    [Parameter]
    public EventCallback<ScatterPoint> OnPoint { get; set; }

    /// <summary>Height in CSS pixels.</summary>
    [Parameter]
    public int Height { get; set; } = 420;

    /// <summary>What the chart says, for screen readers; its front if null.</summary>
    [Parameter]
    public string? Summary { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(drawn.Item1, Points) && drawn.Item2 == XTitle + YTitle && drawn.Item3 == LogX)
        {
            return;
        }

        drawn = (Points, XTitle + YTitle, LogX);
        touch = OnPoint.HasDelegate ? EventCallback.Factory.Create<ChartTouch>(this, TouchedAsync) : default;
        var byLabel = Points.ToDictionary(point => point.Label);
        groups =
        [
            [.. Points.Where(point => !point.IsMarked)],
            [.. Front.Where(byLabel.ContainsKey).Select(label => byLabel[label])],
            [.. Points.Where(point => point.IsMarked)],
        ];
        traces =
        [
            Trace(groups[0], PointsTitle, ModeFlag.Markers, colour: 0, size: 8),
            Trace(groups[1], FrontTitle, ModeFlag.Lines | ModeFlag.Markers, colour: 1, size: 9),
            Trace(groups[2], MarkedTitle, ModeFlag.Markers | ModeFlag.Text, colour: 2, size: 14),
        ];
        layout = ChartParts.Layout(Title, XTitle, YTitle, logX: LogX);
        layout.UiRevision = XTitle + YTitle;
    }

    private static Scatter Trace(IReadOnlyList<ScatterPoint> points, string name, ModeFlag mode, int colour, int size) => new()
    {
        Name = ChartParts.Plain(name),
        Mode = mode,
        X = [.. points.Select(point => ChartParts.Value(point.X))!],
        Y = [.. points.Select(point => ChartParts.Value(point.Y))!],
        TextArray = mode.HasFlag(ModeFlag.Text) ? [.. points.Select(point => ChartParts.Plain(point.Label))] : null,
        TextPosition = TextPositionEnum.TopCenter,
        HoverTextArray = [.. points.Select(point => ChartParts.Plain(point.Tooltip.Length > 0 ? point.Tooltip : point.Label).Replace("\n", "<br>"))],
        HoverInfo = HoverInfoFlag.Text,
        ShowLegend = points.Count > 0,
        Line = new Line { Color = ChartParts.Colour(colour), Width = 2 },
        Marker = new Marker { Color = ChartParts.Colour(colour), Size = size },
    };

    private Task TouchedAsync(ChartTouch touched) =>
        touched.Points is [var (trace, point), ..] && trace >= 0 && trace < groups.Count && point >= 0 && point < groups[trace].Count
            ? OnPoint.InvokeAsync(groups[trace][point])
            : Task.CompletedTask;

    private string Words() => $"{Title}: {YTitle} against {XTitle}, {Points.Count} points. " + (groups[1].Count == 0
        ? ""
        : $"{FrontTitle}: " + string.Join("; ", groups[1].Select(point => $"{point.Label} {Formats.Number(point.X)}, {Formats.Number(point.Y)}")) + ".");
}
