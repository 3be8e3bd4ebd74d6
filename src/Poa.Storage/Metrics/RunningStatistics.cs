namespace Poa.Storage;

/// <summary>
/// Mean, smallest and largest of some values, taken in one after the other. NaN and infinities are counted apart, so that one diverged
/// step does not hide all steps around it.
/// </summary>
internal struct RunningStatistics
{
    /// <summary>Finite values taken in.</summary>
    public int Finite { get; private set; }

    /// <summary>NaN and infinities taken in.</summary>
    public int NonFinite { get; private set; }

    /// <summary>Mean of the finite values; 0 where there is none.</summary>
    public double Mean { get; private set; }

    /// <summary>Smallest finite value; 0 where there is none.</summary>
    public double Min { get; private set; }

    /// <summary>Largest finite value; 0 where there is none.</summary>
    public double Max { get; private set; }

    /// <summary>Statistics that were computed before.</summary>
    public static RunningStatistics Of(double mean, double min, double max, int finite, int nonFinite) =>
        new() { Mean = mean, Min = min, Max = max, Finite = finite, NonFinite = nonFinite };

    /// <summary>Takes in one value.</summary>
    public static RunningStatistics Of(double value) => double.IsFinite(value) ? Of(value, value, value, 1, 0) : new() { NonFinite = 1 };

    /// <summary>Takes in the values of <paramref name="other"/>, as if one by one.</summary>
    public void Add(in RunningStatistics other)
    {
        NonFinite += other.NonFinite;
        if (other.Finite == 0)
        {
            return;
        }

        if (Finite == 0)
        {
            (Mean, Min, Max, Finite) = (other.Mean, other.Min, other.Max, other.Finite);
            return;
        }

        Finite += other.Finite;
        // A moving mean does not overflow where a sum would, and stays exact where all values are the same. The difference of two
        // numbers of opposite sign near the largest double is infinite: halves are not.
        var weight = (double)other.Finite / Finite;
        var difference = other.Mean - Mean;
        Mean = double.IsFinite(difference) ? Mean + difference * weight : Mean * (1 - weight) + other.Mean * weight;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
    }
}
