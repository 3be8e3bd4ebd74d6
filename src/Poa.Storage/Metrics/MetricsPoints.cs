namespace Poa.Storage;

/// <summary>How a range of iterations is cut into the points of a series.</summary>
internal sealed class MetricsPoints
{
    private MetricsPoints(List<long> starts, int level) => (Starts, Level) = (starts, level);

    /// <summary>First iteration of each point, ascending; a point ends where the next begins.</summary>
    public IReadOnlyList<long> Starts { get; }

    /// <summary>The level whose buckets never reach over the edge of a point, the coarsest: index in <see cref="MetricsLevels.Sizes"/>, or -1.</summary>
    public int Level { get; }

    /// <summary>
    /// Points of one size, the smallest power of two that makes few enough of them; they begin at multiples of it, so that they stay
    /// the same as the run goes on. Behind the last whole one come smaller ones, down to single steps, where there is room for them.
    /// </summary>
    /// <param name="from">First iteration.</param>
    /// <param name="to">Iteration behind the last, above <paramref name="from"/>.</param>
    /// <param name="maxPoints">Most points, above 0.</param>
    public static MetricsPoints Cut(long from, long to, int maxPoints)
    {
        var size = 1L;
        while ((to + size - 1) / size - from / size > maxPoints)
        {
            size *= 2;
        }

        var starts = new List<long> { from };
        for (var start = (from / size + 1) * size; start < to; start += size)
        {
            starts.Add(start);
        }

        var tail = to / size * size;
        var smaller = tail >= from ? Smaller(tail, to, size) : [];
        if (starts.Count + smaller.Count - 1 <= maxPoints)
        {
            starts.AddRange(smaller.Skip(1)); // the first one begins where the unfinished point does
        }

        var level = -1;
        while (level + 1 < MetricsLevels.Sizes.Count && MetricsLevels.Sizes[level + 1] <= size)
        {
            level++;
        }

        return new(starts, level);
    }

    private static List<long> Smaller(long from, long to, long size)
    {
        var starts = new List<long>();
        foreach (var smaller in MetricsLevels.Sizes.Reverse().Append(1).Where(s => s < size))
        {
            for (; from + smaller <= to; from += smaller)
            {
                starts.Add(from);
            }
        }

        return starts;
    }
}
