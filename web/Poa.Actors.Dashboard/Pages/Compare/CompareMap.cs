using Poa.Actors.Client;
using Poa.Actors.Dashboard.Pages.Grid;
using Poa.Actors.Dashboard.Ui.Charts;

namespace Poa.Actors.Dashboard.Pages.Compare;

/// <summary>The grid of one of the runs.</summary>
/// <param name="Run">The run.</param>
/// <param name="View">Its grid.</param>
/// <param name="Figure">The figure that is shown; null if this checkpoint does not have it.</param>
/// <param name="Cells">The cells of the map.</param>
public sealed record CompareMap(ComparedRun Run, GridView View, GridFigure? Figure, IReadOnlyList<HeatCell> Cells);

/// <summary>The difference of a figure between two grids.</summary>
/// <param name="Columns">Widths that both have a figure of.</param>
/// <param name="Rows">Depths that both have a figure of.</param>
/// <param name="Cells">The cells that both have a figure of, at least one.</param>
/// <param name="Label">Title of the colour scale.</param>
/// <param name="LowerIsBetter">Whether a negative difference is an improvement.</param>
/// <param name="WidthTitle">Title of the axis of widths.</param>
/// <param name="DepthTitle">Title of the axis of depths.</param>
public sealed record CompareDifference(
    IReadOnlyList<string> Columns, IReadOnlyList<string> Rows, IReadOnlyList<HeatCell> Cells, string Label, bool LowerIsBetter, string WidthTitle, string DepthTitle)
{
    /// <summary>One map less another; null if they have no cell in common.</summary>
    /// <param name="map">The map, with a figure.</param>
    /// <param name="other">The map it is compared with, with a figure.</param>
    public static CompareDifference? Of(CompareMap map, CompareMap other)
    {
        var cells = GridMap.Difference(map.View, map.Figure!, other.View, other.Figure!);
        if (cells.Count == 0)
        {
            return null;
        }

        var (columns, rows) = (cells.Select(cell => cell.Place.Column).ToHashSet(), cells.Select(cell => cell.Place.Row).ToHashSet());
        return new CompareDifference(
            [.. GridMap.Widths(map.View.Grid).Where(columns.Contains)],
            [.. GridMap.Depths(map.View.Grid).Where(rows.Contains)],
            cells,
            $"{map.Figure!.Label}, {map.Run.Name} less {other.Run.Name}",
            !map.Figure.HigherIsBetter,
            GridMap.WidthTitle(map.View.Grid),
            GridMap.DepthTitle(map.View.Grid));
    }
}
