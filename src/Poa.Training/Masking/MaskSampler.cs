using Poa.Elastic;

namespace Poa.Training.Masking;

/// <summary>
/// Masks for all global crops of a batch, as the authors' collation does: a given share of the crops is masked, the masked
/// fractions are spread evenly over a range, and which crop gets which is random.
/// </summary>
public sealed class MaskSampler
{
    private readonly BlockMaskGenerator generator;
    private readonly float[] edges;

    /// <param name="generator">Draws single masks.</param>
    /// <param name="crops">Global crops in the batch.</param>
    /// <param name="ratio">Range of the masked fraction among the masked crops.</param>
    /// <param name="probability">Share of the crops that are masked, in [0, 1].</param>
    public MaskSampler(BlockMaskGenerator generator, int crops, Interval ratio, double probability)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfLessThan(crops, 1);
        if (probability is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "The share of masked crops lies in [0, 1].");
        }

        this.generator = generator;
        Crops = crops;
        MaskedCrops = (int)(crops * probability);
        edges = Linspace((float)ratio.Min, (float)ratio.Max, MaskedCrops + 1);
        for (var i = 0; i < MaskedCrops; i++)
        {
            UpperBound += (int)(Tokens * edges[i + 1]);
        }
    }

    /// <summary>Global crops in the batch.</summary>
    public int Crops { get; }

    /// <summary>Crops that are given a mask; a small target may still leave one of them unmasked.</summary>
    public int MaskedCrops { get; }

    /// <summary>Edges of the ranges from which the masked crops' fractions are drawn, in single precision as in the authors' code.</summary>
    public IReadOnlyList<float> Edges => edges;

    /// <summary>Bound on the masked tokens of a batch, the same for every draw.</summary>
    public int UpperBound { get; }

    private int Tokens => generator.Height * generator.Width;

    /// <summary>Draws the masks of one batch.</summary>
    public MaskBatch Draw(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var drawn = new bool[MaskedCrops * Tokens];
        for (var i = 0; i < MaskedCrops; i++)
        {
            var ratio = edges[i] + ((edges[i + 1] - edges[i]) * (float)random.NextDouble());
            generator.Draw((int)(Tokens * ratio), random, drawn.AsSpan(i * Tokens, Tokens));
        }

        var masks = new bool[Crops * Tokens];
        var order = random.Permutation(Crops);
        for (var crop = 0; crop < Crops; crop++)
        {
            if (order[crop] < MaskedCrops)
            {
                drawn.AsSpan(order[crop] * Tokens, Tokens).CopyTo(masks.AsSpan(crop * Tokens, Tokens));
            }
        }

        return MaskBatch.FromMasks(masks, Tokens, UpperBound);
    }

    /// <summary>
    /// Evenly spaced values in single precision with the last bits of torch.linspace on a CPU with vectors of eight: pairs of
    /// vectors as long as they fit, each counted from its own first value; then single values. Values of the first half are
    /// counted from the start, those of the second half back from the end.
    /// </summary>
    private static float[] Linspace(float from, float to, int count)
    {
        const int lanes = 8;
        var values = new float[count];
        var step = count > 1 ? (to - from) / (count - 1) : 0;
        var inVectors = count - (count % (2 * lanes));
        for (var i = 0; i < count; i++)
        {
            var lane = i < inVectors ? i % lanes : 0;
            var first = i - lane;
            var start = first < count / 2 || count == 1 ? from + (step * first) : to - (step * (count - first - 1));
            values[i] = start + (lane * step);
        }

        return values;
    }
}
