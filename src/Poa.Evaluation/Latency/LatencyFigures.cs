namespace Poa.Evaluation.Latency;

/// <summary>Time of a forward pass over its repetitions, in milliseconds.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile.</param>
public sealed record LatencyFigures(double Mean, double P50, double P95)
{
    /// <summary>The figures of measured times. Percentiles are interpolated linearly between neighbours, as numpy's default.</summary>
    /// <param name="milliseconds">At least one time, in any order.</param>
    public static LatencyFigures Of(IReadOnlyList<double> milliseconds)
    {
        ArgumentNullException.ThrowIfNull(milliseconds);
        ArgumentOutOfRangeException.ThrowIfZero(milliseconds.Count);
        double[] sorted = [.. milliseconds.Order()];
        return new LatencyFigures(sorted.Average(), Percentile(sorted, 0.5), Percentile(sorted, 0.95));
    }

    private static double Percentile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
