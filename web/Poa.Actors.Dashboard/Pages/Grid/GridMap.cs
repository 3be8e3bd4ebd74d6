using System.Globalization;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Ui;
using Poa.Actors.Dashboard.Ui.Charts;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Pages.Grid;

/// <summary>One figure of a grid as a heat map.</summary>
public static class GridMap
{
    /// <summary>Labels of the widths.</summary>
    /// <param name="grid">The grid.</param>
    public static IReadOnlyList<string> Widths(ISubNetworkGrid grid) => [.. grid.Widths.Select(Text)];

    /// <summary>Labels of the depths.</summary>
    /// <param name="grid">The grid.</param>
    public static IReadOnlyList<string> Depths(ISubNetworkGrid grid) => [.. grid.Depths.Select(depth => depth.ToString())];

    /// <summary>Title of the axis of widths.</summary>
    /// <param name="grid">The grid.</param>
    public static string WidthTitle(ISubNetworkGrid grid) => $"Width ({grid.WidthUnit})";

    /// <summary>Title of the axis of depths.</summary>
    /// <param name="grid">The grid.</param>
    public static string DepthTitle(ISubNetworkGrid grid) => $"Depth ({grid.DepthUnit})";

    /// <summary>The place of a sub-network.</summary>
    /// <param name="cell">The sub-network.</param>
    public static HeatPlace Place(SubNetwork cell) =>
        new(Text(cell.Width), cell.Depth.ToString());

    /// <summary>The name of the sub-network at a place.</summary>
    /// <param name="place">The place.</param>
    public static string Name(HeatPlace place) => $"{place.Column}x{place.Row}";

    /// <summary>A cell for each sub-network, with its figure or with a mark for what became of it.</summary>
    /// <param name="view">The grid.</param>
    /// <param name="figure">The figure.</param>
    public static IReadOnlyList<HeatCell> Cells(GridView view, GridFigure figure) => [.. view.Grid.SubNetworks.Select(cell => Cell(view, figure, cell))];

    /// <summary>The difference of a figure between two grids, for the sub-networks that both have a figure of.</summary>
    /// <param name="view">The grid that is compared.</param>
    /// <param name="figure">Its figure.</param>
    /// <param name="other">The grid it is compared with.</param>
    /// <param name="otherFigure">Its figure.</param>
    public static IReadOnlyList<HeatCell> Difference(GridView view, GridFigure figure, GridView other, GridFigure otherFigure) =>
    [
        .. from cell in view.Grid.SubNetworks
           where other.Grid.Contains(cell)
           let name = cell.ToString()
           let difference = figure.Value(name) - otherFigure.Value(name)
           where !double.IsNaN(difference)
           let text = (difference > 0 ? "+" : "") + GridText.Value(figure, difference)
           select new HeatCell(
               Place(cell), difference, text,
               $"{name}\n{GridText.WithUnit(figure, figure.Value(name))} against {GridText.WithUnit(figure, otherFigure.Value(name))}: {text} {figure.Unit}"),
    ];

    private static HeatCell Cell(GridView view, GridFigure figure, SubNetwork cell)
    {
        var name = cell.ToString();
        var value = figure.Value(name);
        var measured = figure.Measurement?.Of(name);
        return new HeatCell(
            Place(cell),
            double.IsNaN(value) ? null : value,
            double.IsNaN(value) ? Mark(measured?.Status) : GridText.Value(figure, value) + Mark(measured?.Status),
            Tooltip(view, figure, name, value, measured));
    }

    /// <summary>Marks what waits and what failed, also beside an earlier figure.</summary>
    private static string Mark(JobStatus? status) => status switch
    {
        JobStatus.Pending => "…",
        JobStatus.Failed or JobStatus.Quarantined => "✕",
        _ => "",
    };

    private static string Tooltip(GridView view, GridFigure figure, string name, double value, CellMeasurement? measured) => string.Join(
        '\n',
        [
            name,
            $"{figure.Title}: {GridText.WithUnit(figure, value)}",
            $"{Formats.Short(view.Costs[name].Parameters)} parameters, {Formats.Short(view.Costs[name].MultiplyAccumulates)} multiply-accumulates",
            .. measured is null || measured.Status == JobStatus.Completed ? Array.Empty<string>() : [StatusTag.Word(measured.Status)],
            .. measured?.Error is { } error ? [error.Message] : Array.Empty<string>(),
            .. figure.Measurement is { Benchmark.NeedsImages: true } of ? [$"{of.Data.Train} / {of.Data.Test}"] : Array.Empty<string>(),
            .. measured?.Result?.Protocol is { } protocol ? [Facts(protocol)] : Array.Empty<string>(),
        ]);

    private static string Text(int width) => width.ToString(CultureInfo.InvariantCulture);

    // The rest is in the panel of the cell.
    private static string Facts(IReadOnlyDictionary<string, string> protocol) => string.Join(
        ", ", ((string[])["device", "threads", "crop", "image_size", "k", "temperature", "batch"]).Where(protocol.ContainsKey).Select(fact => $"{fact} {protocol[fact]}"));
}
