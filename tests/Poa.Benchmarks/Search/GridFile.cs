using System.Globalization;
using Poa.Elastic;

namespace Poa.Benchmarks.Search;

/// <summary>A figure of every sub-network of a grid, as <c>poa results --csv</c> prints it.</summary>
internal static class GridFile
{
    /// <summary>Reads one column of a file that this assembly carries.</summary>
    /// <param name="name">Such as <c>demo-knn</c>.</param>
    /// <param name="column">Such as <c>top1@20</c>.</param>
    public static IReadOnlyDictionary<SubNetwork, double> Read(string name, string column)
    {
        using var reader = new StreamReader(typeof(GridFile).Assembly.GetManifestResourceStream($"Search/{name}.csv")
            ?? throw new InvalidOperationException($"There is no file {name}.csv."));
        var columns = reader.ReadLine()!.Split(',');
        var (cell, figure) = (Array.IndexOf(columns, "sub_network"), Array.IndexOf(columns, column));
        var figures = new SortedDictionary<SubNetwork, double>();
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            var values = line.Split(',');
            figures[SubNetwork.Parse(values[cell])] = double.Parse(values[figure], CultureInfo.InvariantCulture);
        }

        return figures;
    }
}
