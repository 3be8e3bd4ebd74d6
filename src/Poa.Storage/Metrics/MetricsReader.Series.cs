namespace Poa.Storage;

public static partial class MetricsReader
{
    /// <summary>
    /// The figures of a run as at most <paramref name="maxPoints"/> points, from the levels of its log where there are any. Every
    /// flushed record of the range is in exactly one point; a point without records is left out.
    /// </summary>
    /// <param name="blobs">Where the log is.</param>
    /// <param name="run">Run id.</param>
    /// <param name="from">First iteration, from 0.</param>
    /// <param name="to">Iteration behind the last; null for all there are.</param>
    /// <param name="maxPoints">Most points, above 0.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="StorageException">The store fails, or a chunk is damaged.</exception>
    public static async Task<MetricsSeries> ReadSeriesAsync(
        IBlobStore blobs, string run, long from, long? to, int maxPoints, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, 1);
        var scan = new MetricsScan(blobs, run, MetricsContent.Values, cancellationToken);
        var end = Math.Min(await scan.EndAsync(), to ?? long.MaxValue);
        if (end <= from)
        {
            return new([], [], new Dictionary<string, MetricsColumn>(), from);
        }

        var points = MetricsPoints.Cut(from, end, maxPoints);
        var sums = new MetricsSums(points.Starts);
        await foreach (var part in scan.ReadAsync(from, end, points.Level))
        {
            sums.Add(part);
        }

        return sums.ToSeries(end);
    }

    /// <summary>How often each sub-network was drawn, by name.</summary>
    /// <param name="blobs">Where the log is.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="StorageException">The store fails, or a chunk is damaged.</exception>
    public static async Task<IReadOnlyDictionary<string, long>> ReadSampleCountsAsync(
        IBlobStore blobs, string run, CancellationToken cancellationToken = default)
    {
        var scan = new MetricsScan(blobs, run, MetricsContent.Draws, cancellationToken);
        var counts = new Dictionary<string, long>();
        await foreach (var (table, first, end) in scan.ReadAsync(0, await scan.EndAsync(), MetricsLevels.Sizes.Count - 1))
        {
            for (var i = first; i < end; i++)
            {
                foreach (var (name, draws) in table.Draws(table.Entries[i]))
                {
                    counts[table.SubNetworks[name]] = counts.GetValueOrDefault(table.SubNetworks[name]) + draws;
                }
            }
        }

        return counts;
    }
}
