namespace Poa.Training.Masking;

/// <summary>Patch masks of a batch of global crops and the tables that the patch loss needs.</summary>
/// <param name="Masks">[crops, N] row-major, true where masked.</param>
/// <param name="Indices">[M] positions of the true entries in <paramref name="Masks"/>, increasing.</param>
/// <param name="Weights">[M] 1 / (masked tokens of the crop that the token is in), in the order of <paramref name="Indices"/>.</param>
/// <param name="UpperBound">A bound on M that depends on the settings only, never on the draw.</param>
public sealed record MaskBatch(bool[] Masks, long[] Indices, float[] Weights, int UpperBound)
{
    /// <summary>No crops.</summary>
    public static MaskBatch Empty { get; } = new([], [], [], 0);

    /// <summary>Lists the masked tokens of given masks.</summary>
    /// <param name="masks">[crops, tokens] row-major.</param>
    /// <param name="tokens">N, tokens per crop.</param>
    /// <param name="upperBound">The bound to carry along.</param>
    public static MaskBatch FromMasks(bool[] masks, int tokens, int upperBound)
    {
        ArgumentNullException.ThrowIfNull(masks);
        var total = masks.AsSpan().Count(true);
        var indices = new long[total];
        var weights = new float[total];
        var at = 0;
        for (var start = 0; start < masks.Length; start += tokens)
        {
            var weight = 1f / masks.AsSpan(start, tokens).Count(true);
            for (var i = start; i < start + tokens; i++)
            {
                if (masks[i])
                {
                    indices[at] = i;
                    weights[at++] = weight;
                }
            }
        }

        return new MaskBatch(masks, indices, weights, upperBound);
    }
}
