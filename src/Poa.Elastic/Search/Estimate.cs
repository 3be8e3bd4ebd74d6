using MathNet.Numerics.Distributions;

namespace Poa.Elastic;

/// <summary>Normal distribution of a figure that was not measured.</summary>
/// <param name="Mean">The expected figure.</param>
/// <param name="Deviation">Standard deviation, above 0.</param>
internal readonly record struct Estimate(double Mean, double Deviation)
{
    /// <summary>Deviations from the mean to an end of the interval of a <see cref="Prediction"/>.</summary>
    private static readonly double Reach = Normal.InvCDF(0, 1, (1 + Prediction.Confidence) / 2);

    /// <summary>The figure as it is told.</summary>
    /// <param name="unit">Turns it into its own unit; rises or falls throughout.</param>
    public Prediction In(Func<double, double> unit)
    {
        double[] ends = [unit(Mean - (Reach * Deviation)), unit(Mean + (Reach * Deviation))];
        return new Prediction(unit(Mean), ends.Min(), ends.Max());
    }

    /// <summary>The probability that the figure is at most this.</summary>
    /// <param name="limit">The limit.</param>
    public double ChanceOfAtMost(double limit) => Normal.CDF(Mean, Deviation, limit);

    /// <summary>By how much the figure will exceed the best one so far, where falling short counts as nothing (expected improvement, Jones et al. 1998).</summary>
    /// <param name="best">The best figure so far.</param>
    public double ExpectedImprovementOver(double best)
    {
        var z = (Mean - best) / Deviation;
        return ((Mean - best) * Normal.CDF(0, 1, z)) + (Deviation * Normal.PDF(0, 1, z));
    }
}
