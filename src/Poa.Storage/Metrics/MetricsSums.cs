namespace Poa.Storage;

/// <summary>Sums up lines, handed in ascending order, into the points of a series.</summary>
internal sealed class MetricsSums(IReadOnlyList<long> starts)
{
    private readonly int[] counts = new int[starts.Count];
    private readonly SortedDictionary<string, RunningStatistics[]> columns = new(StringComparer.Ordinal);
    private int point;

    /// <summary>Takes in some lines.</summary>
    public void Add(in MetricsPart part)
    {
        var columnOf = new RunningStatistics[]?[part.Table.Figures.Count];
        for (var i = part.First; i < part.End; i++)
        {
            var entry = part.Table.Entries[i];
            while (point + 1 < starts.Count && starts[point + 1] <= entry.First)
            {
                point++;
            }

            counts[point] += entry.Count;
            foreach (var (name, statistics) in part.Table.Values(entry))
            {
                (columnOf[name] ??= Column(part.Table.Figures[name]))[point].Add(statistics);
            }
        }
    }

    /// <summary>The points that have steps.</summary>
    public MetricsSeries ToSeries(long next)
    {
        int[] kept = [.. Enumerable.Range(0, counts.Length).Where(i => counts[i] > 0)];
        return new(
            [.. kept.Select(i => starts[i])],
            [.. kept.Select(i => counts[i])],
            columns.ToDictionary(column => column.Key, column => ToColumn([.. kept.Select(i => column.Value[i])])),
            next);
    }

    private static MetricsColumn ToColumn(RunningStatistics[] values) => new(
        [.. values.Select(value => value.Finite > 0 ? value.Mean : double.NaN)],
        [.. values.Select(value => value.Finite > 0 ? value.Min : double.NaN)],
        [.. values.Select(value => value.Finite > 0 ? value.Max : double.NaN)],
        [.. values.Select(value => value.NonFinite)]);

    private RunningStatistics[] Column(string name)
    {
        if (!columns.TryGetValue(name, out var column))
        {
            columns[name] = column = new RunningStatistics[starts.Count];
        }

        return column;
    }
}
