using System.Collections.Immutable;
using Poa.Actors.Client;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Pages.Grid;

/// <summary>Which cells of a grid are selected, by name. Immutable.</summary>
public sealed class GridSelection
{
    private GridSelection(ImmutableHashSet<string> names) => Names = names;

    /// <summary>No cell.</summary>
    public static GridSelection None { get; } = new([]);

    /// <summary>The selected cells.</summary>
    public ImmutableHashSet<string> Names { get; }

    /// <summary>How many cells are selected.</summary>
    public int Count => Names.Count;

    /// <summary>These cells and no others.</summary>
    /// <param name="names">The cells.</param>
    public static GridSelection Of(IEnumerable<string> names) => new([.. names]);

    /// <summary>All cells of a grid.</summary>
    /// <param name="grid">The grid.</param>
    public static GridSelection All(ISubNetworkGrid grid) => Of(grid.SubNetworks.Select(cell => cell.ToString()));

    /// <summary>The cells for which no other is both cheaper and better, among those with a known figure.</summary>
    /// <param name="view">The grid.</param>
    /// <param name="figure">What the cells are worth.</param>
    public static GridSelection Front(GridView view, GridFigure figure) => Of(ParetoFront.Of(
        view.Grid.SubNetworks.Select(cell => cell.ToString()), name => view.Costs[name].Parameters, figure.Value, figure.HigherIsBetter));

    /// <summary>The cells that a measurement has no figure of.</summary>
    /// <param name="view">The grid.</param>
    /// <param name="figure">The figure.</param>
    public static GridSelection Missing(GridView view, GridFigure figure) =>
        Of(view.Grid.SubNetworks.Select(cell => cell.ToString()).Where(name => double.IsNaN(figure.Value(name))));

    /// <summary>Adds cells that are not selected, or takes all of them out if they are.</summary>
    /// <param name="names">The cells.</param>
    public GridSelection Toggle(IReadOnlyCollection<string> names) => new(names.All(Names.Contains) ? Names.Except(names) : Names.Union(names));

    /// <summary>Adds cells.</summary>
    /// <param name="names">The cells.</param>
    public GridSelection Add(IEnumerable<string> names) => new(Names.Union(names));

    /// <summary><see cref="Toggle"/> of all cells of a width: a column of the map.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="width">The width.</param>
    public GridSelection ToggleWidth(ISubNetworkGrid grid, int width) => Toggle([.. grid.SubNetworks.Where(cell => cell.Width == width).Select(cell => cell.ToString())]);

    /// <summary><see cref="Toggle"/> of all cells of a depth: a row of the map.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="depth">The depth.</param>
    public GridSelection ToggleDepth(ISubNetworkGrid grid, NetworkDepth depth) => Toggle([.. grid.SubNetworks.Where(cell => cell.Depth == depth).Select(cell => cell.ToString())]);
}
