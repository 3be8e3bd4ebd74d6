using Microsoft.AspNetCore.Components;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using ColorBar = Plotly.Blazor.Traces.HeatMapLib.ColorBar;
using HeatHover = Plotly.Blazor.Traces.HeatMapLib.HoverInfoFlag;
using PlotlyLayout = Plotly.Blazor.Layout;
using XType = Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum;
using YType = Plotly.Blazor.LayoutLib.YAxisLib.TypeEnum;

namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>
/// Values on a grid, as colours. A click reports one cell, a drag those under the box; the owner decides what is selected and says so by
/// <see cref="Selected"/>. Draws anew when it is given other cells or another selection (other instances).
/// </summary>
public sealed partial class HeatMap
{
    private const int MostColumnsWithText = 14;

    // A ResNet's grid has a hundred rows and more: a row is at least as high as its label.
    private const int LeastRowHeight = 15;

    private (IReadOnlyList<HeatCell>?, IReadOnlySet<HeatPlace>?, (double, double)?, string) drawn;
    private IList<ITrace> traces = [];
    private PlotlyLayout layout = new();
    private EventCallback<ChartTouch> touch;

    /// <summary>Labels of the x axis, from the left.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>Labels of the y axis, from below.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Rows { get; set; } = [];

    /// <summary>The cells; those left out are missing.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<HeatCell> Cells { get; set; } = [];

    /// <summary>Title; also the beginning of the text for screen readers.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>Title of the x axis with its unit.</summary>
    [Parameter, EditorRequired]
    public string XTitle { get; set; } = "";

    /// <summary>Title of the y axis with its unit.</summary>
    [Parameter, EditorRequired]
    public string YTitle { get; set; } = "";

    /// <summary>Title of the colour scale: the metric with its unit.</summary>
    [Parameter, EditorRequired]
    public string ScaleTitle { get; set; } = "";

    /// <summary>True if small values are the good ones: they then get the bright colours.</summary>
    [Parameter]
    public bool LowerIsBetter { get; set; }

    /// <summary>True for differences: two colours with zero in their middle.</summary>
    [Parameter]
    public bool Diverging { get; set; }

    /// <summary>Smallest and largest value of the colour scale, so that several maps can share one; that of the cells if null.</summary>
    [Parameter]
    public (double Low, double High)? Range { get; set; }

    /// <summary>Cells that are marked.</summary>
    [Parameter]
    public IReadOnlySet<HeatPlace> Selected { get; set; } = new HashSet<HeatPlace>();

    /// <summary>Cells were clicked or dragged over.</summary>
    [Parameter]
    public EventCallback<HeatGesture> OnGesture { get; set; }

    /// <summary>Height in CSS pixels; more where that many rows would not be legible.</summary>
    [Parameter]
    public int Height { get; set; } = 480;

    /// <summary>What the map says, for screen readers; range and best cell if null.</summary>
    [Parameter]
    public string? Summary { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(drawn.Item1, Cells) && ReferenceEquals(drawn.Item2, Selected) && drawn.Item3 == Range && drawn.Item4 == ScaleTitle + Title)
        {
            return;
        }

        drawn = (Cells, Selected, Range, ScaleTitle + Title);
        traces = [Map(), Centres()];
        touch = OnGesture.HasDelegate ? EventCallback.Factory.Create<ChartTouch>(this, TouchedAsync) : default;
        layout = ChartParts.Layout(Title, XTitle, YTitle);
        layout.XAxis[0].Type = XType.Category;
        layout.XAxis[0].FixedRange = true;
        layout.YAxis[0].Type = YType.Category;
        layout.YAxis[0].FixedRange = true;
        layout.ShowLegend = false;
        layout.Margin.B = 60; // no legend needs room
        layout.DragMode = OnGesture.HasDelegate ? DragModeEnum.Select : DragModeEnum.False;
        layout.Selections = []; // the box itself goes, the frames say what is selected
        layout.Shapes = Frames();
    }

    private Plotly.Blazor.Traces.HeatMap Map()
    {
        var cells = Cells.ToDictionary(cell => cell.Place);
        HeatCell? At(string column, string row) => cells.GetValueOrDefault(new HeatPlace(column, row));
        List<object> Matrix(Func<HeatCell?, object?> read) =>
            [.. Rows.Select(row => (object)Columns.Select(column => read(At(column, row))).ToList())];
        return new Plotly.Blazor.Traces.HeatMap
        {
            X = [.. Columns],
            Y = [.. Rows],
            Z = Matrix(cell => cell?.Value is { } value ? ChartParts.Value(value) : null),
            Text = Matrix(cell => ChartParts.Plain(cell?.Text ?? "")),
            TextTemplate = Columns.Count <= MostColumnsWithText ? "%{text}" : null,
            HoverText = Matrix(Tooltip),
            HoverInfo = HeatHover.Text,
            ColorScale = Diverging ? "RdBu" : "Viridis",
            ReverseScale = Diverging ? !LowerIsBetter : LowerIsBetter,
            ZMid = Diverging ? 0 : null,
            ZMin = Range is { } range ? (decimal)range.Low : null,
            ZMax = Range is { } limits ? (decimal)limits.High : null,
            XGap = 2,
            YGap = 2,
            ColorBar = new ColorBar
            {
                Title = new() { Text = ChartParts.Plain(ScaleTitle), Side = Plotly.Blazor.Traces.HeatMapLib.ColorBarLib.TitleLib.SideEnum.Right },
                Thickness = 14,
            },
        };
    }

    /// <summary>
    /// Plotly selects points, not the cells of a heat map, and neither writes into a cell without a value nor tells of clicks on it: an
    /// unseen point at the centre of each cell.
    /// </summary>
    private Scatter Centres()
    {
        var cells = Cells.ToDictionary(cell => cell.Place);
        var shown = Places().Select(cells.GetValueOrDefault).ToList();
        return new Scatter
        {
            Mode = ModeFlag.Markers | ModeFlag.Text,
            X = [.. Places().Select(place => place.Column)],
            Y = [.. Places().Select(place => place.Row)],
            TextArray = [.. shown.Select(cell => cell is { Value: null } ? ChartParts.Plain(cell.Text) : "")],
            HoverTextArray = [.. shown.Select(Tooltip)],
            HoverInfo = HoverInfoFlag.Text,
            Marker = new Marker { Opacity = 0 },
            Selected = new Selected { Marker = new() { Opacity = 0 } },
            Unselected = new Unselected { Marker = new() { Opacity = 0 } },
        };
    }

    private static string Tooltip(HeatCell? cell) => cell is null ? "" : ChartParts.Plain(cell.Tooltip).Replace("\n", "<br>");

    /// <summary>A frame around each selected cell; places on an axis of labels are numbered from 0.</summary>
    private List<Shape> Frames() =>
    [
        .. from row in Enumerable.Range(0, Rows.Count)
           from column in Enumerable.Range(0, Columns.Count)
           where Selected.Contains(new HeatPlace(Columns[column], Rows[row]))
           select new Shape
           {
               Type = Plotly.Blazor.LayoutLib.ShapeLib.TypeEnum.Rect,
               X0 = column - 0.47,
               X1 = column + 0.47,
               Y0 = row - 0.47,
               Y1 = row + 0.47,
               Line = new() { Color = "#ff2d95", Width = 3 },
           },
    ];

    private IEnumerable<HeatPlace> Places() => from row in Rows from column in Columns select new HeatPlace(column, row);

    private Task TouchedAsync(ChartTouch touched)
    {
        // Points of both traces are numbered row by row. Only places of this map count, whatever the browser says.
        var count = Columns.Count * Rows.Count;
        var places = touched.Points.Select(point => point.Point).Where(point => point >= 0 && point < count).Distinct()
            .Select(point => new HeatPlace(Columns[point % Columns.Count], Rows[point / Columns.Count])).ToList();
        return places.Count == 0 ? Task.CompletedTask : OnGesture.InvokeAsync(new HeatGesture(places, touched.IsDrag));
    }

    private string Words()
    {
        var known = Cells.Where(cell => cell.Value is { } value && double.IsFinite(value)).OrderBy(cell => cell.Value).ToList();
        return $"{Title}: {ScaleTitle} by {XTitle} and {YTitle}. " + (known.Count == 0
            ? "No cell has a value yet."
            : $"{known.Count} of {Columns.Count * Rows.Count} cells have a value, from {Formats.Number(known[0].Value)} ({known[0].Place.Column}, {known[0].Place.Row}) to {Formats.Number(known[^1].Value)} ({known[^1].Place.Column}, {known[^1].Place.Row}).");
    }
}
