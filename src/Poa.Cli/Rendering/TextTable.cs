using System.Text;

namespace Poa.Cli.Rendering;

/// <summary>A plain text table with aligned columns, the same on a terminal and in a pipe.</summary>
internal sealed class TextTable
{
    private readonly IReadOnlyList<TextColumn> columns;
    private readonly List<string[]> rows = [];

    /// <param name="columns">Headers; numbers are read more easily aligned right.</param>
    public TextTable(params IReadOnlyList<TextColumn> columns) => this.columns = columns;

    /// <summary>Adds one row; a missing value is an empty text.</summary>
    /// <exception cref="ArgumentException">Not one cell per column.</exception>
    public TextTable Row(params string[] cells)
    {
        if (cells.Length != columns.Count)
        {
            throw new ArgumentException($"{cells.Length} cells for {columns.Count} columns.", nameof(cells));
        }

        rows.Add(cells);
        return this;
    }

    /// <summary>The lines, without trailing spaces; two spaces stand between columns.</summary>
    public IEnumerable<string> Lines()
    {
        var widths = columns.Select((column, i) => rows.Select(row => row[i].Length).Prepend(column.Header.Length).Max()).ToArray();
        yield return Line([.. columns.Select(column => column.Header)], widths);
        foreach (var row in rows)
        {
            yield return Line(row, widths);
        }
    }

    private string Line(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            line.Append(i == 0 ? "" : "  ");
            line.Append(columns[i].Right ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]));
        }

        return line.ToString().TrimEnd();
    }
}

/// <param name="Header">The column's title.</param>
/// <param name="Right">Aligned right, for numbers.</param>
internal sealed record TextColumn(string Header, bool Right = false);
