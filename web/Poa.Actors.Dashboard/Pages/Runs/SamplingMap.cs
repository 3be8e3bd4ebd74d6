using Poa.Actors.Dashboard.Pages.Grid;
using Poa.Actors.Dashboard.Ui;
using Poa.Actors.Dashboard.Ui.Charts;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>How often each sub-network of a grid was drawn.</summary>
public sealed record SamplingMap
{
    /// <summary>Draws in all.</summary>
    public required long Steps { get; init; }

    /// <summary>Sub-networks of the grid.</summary>
    public required int SubNetworks { get; init; }

    /// <summary>Draws of the sub-network that was drawn least.</summary>
    public required long Least { get; init; }

    /// <summary>Draws of the one that was drawn most.</summary>
    public required long Most { get; init; }

    /// <summary>Labels of the widths, ascending.</summary>
    public required IReadOnlyList<string> Widths { get; init; }

    /// <summary>Labels of the depths, ascending.</summary>
    public required IReadOnlyList<string> Depths { get; init; }

    /// <summary>Title of the axis of widths.</summary>
    public required string WidthTitle { get; init; }

    /// <summary>Title of the axis of depths.</summary>
    public required string DepthTitle { get; init; }

    /// <summary>One cell for each sub-network.</summary>
    public required IReadOnlyList<HeatCell> Cells { get; init; }

    /// <summary>Draws of each on average.</summary>
    public double Mean => (double)Steps / SubNetworks;

    /// <summary>The map of a grid.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="counts">Draws by name of the sub-network; those left out were not drawn.</param>
    public static SamplingMap Of(ISubNetworkGrid grid, IReadOnlyDictionary<string, long> counts)
    {
        var draws = grid.SubNetworks.Select(cell => (Cell: cell, Count: counts.GetValueOrDefault(cell.ToString()))).ToList();
        var total = draws.Sum(draw => draw.Count);
        return new SamplingMap
        {
            Steps = total,
            SubNetworks = draws.Count,
            Least = draws.Min(draw => draw.Count),
            Most = draws.Max(draw => draw.Count),
            Widths = GridMap.Widths(grid),
            Depths = GridMap.Depths(grid),
            WidthTitle = GridMap.WidthTitle(grid),
            DepthTitle = GridMap.DepthTitle(grid),
            Cells =
            [
                .. draws.Select(draw => new HeatCell(
                    GridMap.Place(draw.Cell),
                    draw.Count,
                    Formats.Count(draw.Count),
                    $"{draw.Cell}\n{Formats.Count(draw.Count)} draws, {Formats.Percent(total == 0 ? 0 : (double)draw.Count / total, 1)}")),
            ],
        };
    }
}
