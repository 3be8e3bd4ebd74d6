namespace Poa.Elastic;

/// <summary>
/// A sequence of random numbers from <see cref="Randomness.For"/>. Not thread-safe: every user makes its own. All operations but
/// <see cref="NextGaussian()"/> are exact and give the same bits on every platform.
/// </summary>
public sealed class RandomStream
{
    private readonly ulong _key;
    private readonly ulong _sample;
    private ulong _block;
    private (uint X0, uint X1, uint X2, uint X3) _words;
    private int _used = 4;
    private double? _spareGaussian;

    internal RandomStream(ulong key, ulong sample) => (_key, _sample) = (key, sample);

    /// <summary>32 uniform bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            _words = Philox.Block(_block++, _sample, _key);
            _used = 0;
        }

        return _used++ switch { 0 => _words.X0, 1 => _words.X1, 2 => _words.X2, _ => _words.X3 };
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64() => NextUInt32() | ((ulong)NextUInt32() << 32);

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1), a multiple of 2^-24.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1U << 24));

    /// <summary>Uniform between <paramref name="from"/> and <paramref name="to"/>.</summary>
    public double Uniform(double from, double to) => from + ((to - from) * NextDouble());

    /// <summary>Uniform in [0, <paramref name="exclusiveMax"/>), without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMax"/> is not positive.</exception>
    public int NextInt32(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);

        // Lemire's multiply-shift; the few low products that would favour small results are drawn again.
        var range = (uint)exclusiveMax;
        var product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            var threshold = (0u - range) % range;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * range;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Uniform in [<paramref name="min"/>, <paramref name="exclusiveMax"/>).</summary>
    public int NextInt32(int min, int exclusiveMax) => min + NextInt32(checked(exclusiveMax - min));

    /// <summary>True with probability <paramref name="probability"/>: never at 0, always at 1. Always uses up one double.</summary>
    public bool NextBool(double probability = 0.5) => NextDouble() < probability;

    /// <summary>
    /// Standard normal (Marsaglia's polar method). Uses the platform's logarithm, whose last bit may differ between C libraries.
    /// </summary>
    public double NextGaussian()
    {
        if (_spareGaussian is { } spare)
        {
            _spareGaussian = null;
            return spare;
        }

        double u, v, square;
        do
        {
            u = (2 * NextDouble()) - 1;
            v = (2 * NextDouble()) - 1;
            square = (u * u) + (v * v);
        }
        while (square is >= 1 or 0);

        var factor = Math.Sqrt(-2 * Math.Log(square) / square);
        _spareGaussian = v * factor;
        return u * factor;
    }

    /// <summary>Normal with the given mean and standard deviation.</summary>
    public double NextGaussian(double mean, double standardDeviation) => mean + (standardDeviation * NextGaussian());

    /// <summary>Normal, drawn again until it lies within [<paramref name="min"/>, <paramref name="max"/>].</summary>
    /// <exception cref="ArgumentException">The interval lies so far out that drawing would practically never end.</exception>
    public double NextTruncatedGaussian(double mean, double standardDeviation, double min, double max)
    {
        if (!(min < max) || min > mean + (4 * standardDeviation) || max < mean - (4 * standardDeviation))
        {
            throw new ArgumentException($"[{min}, {max}] is not an interval that a normal of mean {mean} and deviation {standardDeviation} meets.");
        }

        double value;
        do
        {
            value = NextGaussian(mean, standardDeviation);
        }
        while (value < min || value > max);

        return value;
    }

    /// <summary>Puts the items in uniformly random order (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextInt32(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>A uniformly random permutation of 0 .. <paramref name="count"/> - 1.</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        Shuffle<int>(order);
        return order;
    }
}
