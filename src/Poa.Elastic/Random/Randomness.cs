namespace Poa.Elastic;

/// <summary>
/// The only source of randomness in a run: a function, not a state. A run resumed at some iteration draws what the unbroken run drew,
/// and neither the number of threads nor the order of calls changes anything.
/// </summary>
public static class Randomness
{
    /// <summary>The stream that belongs to these four values; the same numbers on every platform and in every process.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="iteration">Training step, epoch, or whatever counts for the purpose.</param>
    /// <param name="sample">Place within the iteration, for example the image's place in the global batch.</param>
    public static RandomStream For(long seed, RandomPurpose purpose, long iteration = 0, long sample = 0)
    {
        // Seed, purpose, iteration and sample are 224 bits, more than a Philox key and half a counter hold. So the key comes from one block
        // keyed by the seed; within it the sample is half of the counter and the place in the stream the other half. Streams that
        // differ only in the sample can therefore never overlap, others only if two 64-bit keys collide.
        var (key0, key1, _, _) = Philox.Block((ulong)iteration, (uint)purpose, (ulong)seed);
        return new RandomStream(key0 | ((ulong)key1 << 32), (ulong)sample);
    }
}
