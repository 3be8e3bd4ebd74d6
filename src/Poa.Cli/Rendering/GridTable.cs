using System.Text;
using Poa.Elastic;

namespace Poa.Cli.Rendering;

/// <summary>
/// Values of a grid as width x depth tables: widths down, depths across. Several tables of the same grid stand side by
/// side where the line is wide enough, else below one another.
/// </summary>
internal static class GridTable
{
    private const int CellWidth = 6;
    private const string Gap = "   ";

    /// <param name="subNetworks">The cells that exist, in any order; a hole in the grid shows as a dot.</param>
    /// <param name="panels">Title and cell text (at most 6 characters) of each table.</param>
    /// <param name="lineWidth">Columns to fit into.</param>
    public static IEnumerable<string> Lines(
        IReadOnlyCollection<SubNetwork> subNetworks, IReadOnlyList<GridPanel> panels, int lineWidth)
    {
        var widths = subNetworks.Select(s => s.Width).Distinct().Order().ToArray();
        var depths = subNetworks.Select(s => s.Depth).Distinct().Order().ToArray();
        var present = subNetworks.ToHashSet();
        var perLine = Math.Max(1, (lineWidth - 7 + Gap.Length) / ((depths.Length * CellWidth) + Gap.Length));
        foreach (var group in panels.Chunk(perLine))
        {
            if (!ReferenceEquals(group[0], panels[0]))
            {
                yield return "";
            }

            foreach (var line in Group(widths, depths, present, group))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Group(int[] widths, int[] depths, HashSet<SubNetwork> present, GridPanel[] panels)
    {
        var panelWidth = depths.Length * CellWidth;
        yield return Join("", panels.Select(panel => Centre(panel.Title, panelWidth)));
        yield return Join("depth", panels.Select(_ => string.Concat(depths.Select(depth => Cell(depth.ToString(Formats.Plain))))));
        yield return Join("width", panels.Select(_ => string.Concat(depths.Select(_ => Cell("----")))));
        foreach (var width in widths)
        {
            yield return Join(width.ToString(Formats.Plain), panels.Select(panel => string.Concat(depths
                .Select(depth => new SubNetwork(width, depth))
                .Select(cell => Cell(present.Contains(cell) ? panel.Value(cell) : ".")))));
        }
    }

    private static string Join(string head, IEnumerable<string> parts) =>
        new StringBuilder(head.PadLeft(7)).AppendJoin(Gap, parts).ToString().TrimEnd();

    private static string Cell(string text) => text.PadLeft(CellWidth);

    private static string Centre(string text, int width) =>
        text.Length >= width ? text : text.PadLeft(text.Length + ((width - text.Length + 1) / 2)).PadRight(width);
}

/// <param name="Title">Printed above the table.</param>
/// <param name="Value">Text of a cell.</param>
internal sealed record GridPanel(string Title, Func<SubNetwork, string> Value);
