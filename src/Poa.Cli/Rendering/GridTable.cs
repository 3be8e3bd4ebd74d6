using System.Text;
using Poa.Elastic;

namespace Poa.Cli.Rendering;

/// <summary>
/// Values of a grid as width x depth tables: widths down, depths across; the other way round where the depths are written stage by stage, of
/// which there are many. Several tables of the same grid stand side by side where the line is wide enough, else below one another.
/// </summary>
internal static class GridTable
{
    private const int CellWidth = 6;
    private const int LeastHeadWidth = 7;
    private const string Gap = "   ";

    /// <param name="subNetworks">The cells that exist, in any order; a hole in the grid shows as a dot.</param>
    /// <param name="panels">Title and cell text (at most 6 characters) of each table.</param>
    /// <param name="lineWidth">Columns to fit into.</param>
    public static IEnumerable<string> Lines(
        IReadOnlyCollection<SubNetwork> subNetworks, IReadOnlyList<GridPanel> panels, int lineWidth)
    {
        var table = Table.Of(subNetworks);
        var perLine = Math.Max(1, (lineWidth - table.HeadWidth + Gap.Length) / ((table.Columns.Count * CellWidth) + Gap.Length));
        foreach (var group in panels.Chunk(perLine))
        {
            if (!ReferenceEquals(group[0], panels[0]))
            {
                yield return "";
            }

            foreach (var line in Group(table, group))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Group(Table table, GridPanel[] panels)
    {
        var panelWidth = table.Columns.Count * CellWidth;
        yield return Join("", panels.Select(panel => Centre(panel.Title, panelWidth)));
        yield return Join(table.ColumnName, panels.Select(_ => string.Concat(table.Columns.Select(Cell))));
        yield return Join(table.RowName, panels.Select(_ => string.Concat(table.Columns.Select(_ => Cell("----")))));
        foreach (var (row, name) in table.Rows.Index())
        {
            yield return Join(name, panels.Select(panel => string.Concat(table.Cells[row].Select(cell => Cell(cell is { } one ? panel.Value(one) : ".")))));
        }

        string Join(string head, IEnumerable<string> parts) => new StringBuilder(head.PadLeft(table.HeadWidth)).AppendJoin(Gap, parts).ToString().TrimEnd();
    }

    private static string Cell(string text) => text.PadLeft(CellWidth);

    private static string Centre(string text, int width) =>
        text.Length >= width ? text : text.PadLeft(text.Length + ((width - text.Length + 1) / 2)).PadRight(width);

    /// <param name="ColumnName">What the columns are.</param>
    /// <param name="RowName">What the rows are.</param>
    /// <param name="Columns">Their labels.</param>
    /// <param name="Rows">Their labels.</param>
    /// <param name="Cells">By row and column; null for a hole.</param>
    private sealed record Table(string ColumnName, string RowName, IReadOnlyList<string> Columns, IReadOnlyList<string> Rows, SubNetwork?[][] Cells)
    {
        public int HeadWidth => Math.Max(LeastHeadWidth, Rows.Max(row => row.Length) + 2);

        public static Table Of(IReadOnlyCollection<SubNetwork> subNetworks)
        {
            var widths = subNetworks.Select(s => s.Width).Distinct().Order().ToArray();
            var depths = subNetworks.Select(s => s.Depth).Distinct().Order().ToArray();
            string[] widthNames = [.. widths.Select(width => width.ToString(Formats.Plain))];
            string[] depthNames = [.. depths.Select(depth => depth.ToString())];
            var present = subNetworks.ToHashSet();
            SubNetwork? At(int width, NetworkDepth depth) => present.Contains(new(width, depth)) ? new SubNetwork(width, depth) : null;
            return depths.All(depth => depth.Stages.IsEmpty)
                ? new("depth", "width", depthNames, widthNames, [.. widths.Select(width => depths.Select(depth => At(width, depth)).ToArray())])
                : new("width", "depth", widthNames, depthNames, [.. depths.Select(depth => widths.Select(width => At(width, depth)).ToArray())]);
        }
    }
}

/// <param name="Title">Printed above the table.</param>
/// <param name="Value">Text of a cell.</param>
internal sealed record GridPanel(string Title, Func<SubNetwork, string> Value);
