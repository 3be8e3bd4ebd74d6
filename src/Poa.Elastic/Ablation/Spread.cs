namespace Poa.Elastic;

/// <summary>Mean and deviation of a few figures.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Standard deviation of the sample (divided by n - 1); null for a single figure.</param>
public readonly record struct Spread(double Mean, double? Deviation)
{
    /// <summary>Of figures.</summary>
    /// <param name="values">Finite figures.</param>
    /// <returns>Null if there are none.</returns>
    public static Spread? Of(IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
        {
            return null;
        }

        var mean = values.Average();
        return new Spread(mean, values.Count == 1 ? null : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }
}
