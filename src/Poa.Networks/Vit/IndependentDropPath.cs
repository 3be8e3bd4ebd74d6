using Poa.Elastic;

namespace Poa.Networks;

/// <summary>
/// Stochastic depth as detection and segmentation use it: every sample drops every residual branch independently, the rate rising linearly
/// from 0 in the first block to its full value in the last. What a sample drops is a pure function of (seed, iteration, its place in
/// the batch), whatever else is in the batch.
/// </summary>
public sealed class IndependentDropPath
{
    private const int ResidualsPerBlock = 2;

    private readonly double rate;
    private readonly int depth;
    private readonly double[][] draws;

    /// <param name="depth">Blocks of the network.</param>
    /// <param name="rate">Rate of the last block, in [0, 1).</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="iteration">Training step.</param>
    /// <param name="batch">Samples.</param>
    public IndependentDropPath(int depth, double rate, long seed, long iteration, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1);
        (this.depth, this.rate) = (depth, rate);
        draws = new double[batch][];
        for (var sample = 0; sample < batch; sample++)
        {
            var random = Randomness.For(seed, RandomPurpose.DropPath, iteration, sample);
            draws[sample] = [.. Enumerable.Range(0, depth * ResidualsPerBlock).Select(_ => random.NextDouble())];
        }
    }

    /// <summary>Probability that a sample drops a residual branch of the block.</summary>
    public double RateOf(int block) => depth == 1 ? 0 : rate * block / (depth - 1);

    /// <summary>The samples a residual branch is computed for.</summary>
    /// <param name="block">Index of the block.</param>
    /// <param name="residual">0 for attention, 1 for the feed-forward.</param>
    public KeptSamples Kept(int block, int residual)
    {
        var dropped = RateOf(block);
        var place = (block * ResidualsPerBlock) + residual;
        return new KeptSamples([.. Enumerable.Range(0, draws.Length).Where(sample => draws[sample][place] >= dropped)], 1 / (1 - dropped));
    }
}
