namespace Poa.Elastic;

/// <summary>Evenly spaced doubles with the rounding of numpy.linspace, on which the golden tables depend.</summary>
internal static class Linspace
{
    /// <summary><paramref name="count"/> values from <paramref name="start"/> to exactly <paramref name="stop"/>; a single value is the start.</summary>
    public static double[] Of(double start, double stop, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = At(start, stop, count, i);
        }

        return values;
    }

    public static double At(double start, double stop, long count, long index)
    {
        if (count == 1)
        {
            return start;
        }

        return index == count - 1 ? stop : (index * ((stop - start) / (count - 1))) + start;
    }
}
