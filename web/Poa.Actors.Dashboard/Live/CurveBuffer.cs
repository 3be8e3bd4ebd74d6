using Poa.Storage;

namespace Poa.Actors.Dashboard.Live;

/// <summary>
/// The curve of a run as it grows: an overview to begin with, then what was added. Not safe for several threads; its feed locks it.
/// </summary>
internal sealed class CurveBuffer
{
    private readonly List<long> iterations = [];
    private readonly List<int> counts = [];
    private readonly Dictionary<string, Column> columns = [];

    /// <summary>Rises when the curve is replaced: what was read of an earlier one is to be thrown away.</summary>
    public int Generation { get; private set; }

    /// <summary>Points that are kept.</summary>
    public int Count => iterations.Count;

    /// <summary>The iteration to read on from.</summary>
    public long NextIteration { get; private set; }

    /// <summary>Begins anew with an overview.</summary>
    /// <param name="series">All of the curve.</param>
    public void Replace(MetricsSeries series)
    {
        iterations.Clear();
        counts.Clear();
        columns.Clear();
        NextIteration = 0;
        Generation++;
        Append(series);
    }

    /// <summary>
    /// Adds points. Those that lie before <see cref="NextIteration"/> are here already and are left out: a run that goes on from a
    /// checkpoint takes steps again, with the same result.
    /// </summary>
    /// <param name="series">The curve from <see cref="NextIteration"/> on.</param>
    /// <returns>True if it added any.</returns>
    public bool Append(MetricsSeries series)
    {
        var first = 0;
        while (first < series.Iterations.Count && series.Iterations[first] < NextIteration)
        {
            first++;
        }

        var before = Count;
        iterations.AddRange(series.Iterations.Skip(first));
        counts.AddRange(series.Counts.Skip(first));
        foreach (var (name, values) in series.Columns)
        {
            if (!columns.TryGetValue(name, out var column))
            {
                columns[name] = column = new Column();
            }

            column.Fill(before);
            column.Append(values, first);
        }

        foreach (var column in columns.Values)
        {
            column.Fill(Count);
        }

        NextIteration = Math.Max(NextIteration, series.NextIteration);
        return Count > before;
    }

    /// <summary>The points of a range of indices.</summary>
    /// <param name="from">Index of the first point.</param>
    /// <param name="to">Index behind the last, at most <see cref="Count"/>.</param>
    public MetricsSeries Slice(int from, int to) => new(
        iterations[from..to],
        counts[from..to],
        columns.ToDictionary(column => column.Key, column => column.Value.Slice(from, to)),
        NextIteration);

    private sealed class Column
    {
        private readonly List<double> mean = [];
        private readonly List<double> min = [];
        private readonly List<double> max = [];
        private readonly List<int> nonFinite = [];

        /// <summary>Marks points without this figure, up to a count.</summary>
        public void Fill(int count)
        {
            while (mean.Count < count)
            {
                mean.Add(double.NaN);
                min.Add(double.NaN);
                max.Add(double.NaN);
                nonFinite.Add(0);
            }
        }

        public void Append(MetricsColumn values, int first)
        {
            mean.AddRange(values.Mean.Skip(first));
            min.AddRange(values.Min.Skip(first));
            max.AddRange(values.Max.Skip(first));
            nonFinite.AddRange(values.NonFinite.Skip(first));
        }

        public MetricsColumn Slice(int from, int to) => new(mean[from..to], min[from..to], max[from..to], nonFinite[from..to]);
    }
}
