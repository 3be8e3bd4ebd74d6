using Poa.Elastic;

namespace Poa.Networks;

/// <summary>
/// Which channels a narrower network takes in one forward pass, where they are drawn (<c>student.mode</c> random): for every axis of the network a set of
/// its own, in ascending order; attention takes whole heads. Layers that share an axis, as all of a residual stream do, take the same. A pure function of (seed,
/// iteration, branch): nothing is drawn from anywhere else.
/// </summary>
/// <param name="seed">Seed of the run.</param>
/// <param name="iteration">Training step.</param>
/// <param name="branch">Tells apart several draws in one step: those of virtual shards.</param>
public sealed class ChannelDraw(long seed, long iteration, int branch)
{
    private const long MaxAxes = 1 << 20;

    /// <summary>Channels of an axis, or the leading ones where nothing is drawn.</summary>
    /// <param name="draw">The draw; null for the leading channels.</param>
    /// <param name="axis">Number of the axis in the network.</param>
    /// <param name="max">Channels of the intact network.</param>
    /// <param name="count">Channels of the sub-network.</param>
    internal static Channels Take(ChannelDraw? draw, int axis, int max, int count) => draw is null || count == max ? count : draw.Of(axis, max, count);

    private Channels Of(int axis, int max, int count)
    {
        var drawn = Randomness.For(seed, RandomPurpose.ElasticChannels, iteration, (branch * MaxAxes) + axis).Permutation(max)[..count];
        Array.Sort(drawn);
        return new Channels(count, drawn);
    }
}
