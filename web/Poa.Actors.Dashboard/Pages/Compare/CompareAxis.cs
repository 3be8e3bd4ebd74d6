using Poa.Storage;

namespace Poa.Actors.Dashboard.Pages.Compare;

/// <summary>What curves of several runs are drawn over.</summary>
public static class CompareAxis
{
    /// <summary>By training step.</summary>
    public const string Iterations = "iteration";

    /// <summary>By images seen.</summary>
    public const string Images = "images";

    /// <summary>By time spent on steps: pauses and waiting do not count.</summary>
    public const string Time = "time";

    private const double SecondsOfMinutes = 600;
    private const double SecondsOfHours = 7200;

    /// <summary>Title of the axis with its unit, and the factor that its values have.</summary>
    /// <param name="by">One of the constants.</param>
    /// <param name="series">The figures of all runs.</param>
    public static (string Title, double Factor) Of(string by, IEnumerable<MetricsSeries> series) => by switch
    {
        Images => ("Images seen", 1),
        Time => series.Select(run => Places(run, Time)).Where(places => places.Length > 0).Select(places => places[^1]).DefaultIfEmpty(0).Max() switch
        {
            < SecondsOfMinutes => ("Training time (s)", 1),
            < SecondsOfHours => ("Training time (min)", 1.0 / 60),
            _ => ("Training time (h)", 1.0 / 3600),
        },
        _ => ("Iteration", 1),
    };

    /// <summary>Places of a run's points: iterations, images, or seconds since its first step.</summary>
    /// <param name="series">The figures.</param>
    /// <param name="by">One of the constants.</param>
    public static double[] Places(MetricsSeries series, string by)
    {
        var column = by switch { Images => "images", Time => "step_seconds", _ => null };
        if (column is null)
        {
            return [.. series.Iterations.Select(iteration => (double)iteration)];
        }

        if (!series.Columns.TryGetValue(column, out var perStep))
        {
            return [];
        }

        var sum = 0.0;
        return [.. perStep.Mean.Zip(series.Counts, (mean, count) => sum += double.IsFinite(mean) ? mean * count : 0)];
    }
}
