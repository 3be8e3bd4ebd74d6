using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Evaluation.Dense.Backbones;

/// <summary>
/// Four feature maps of different strides from four token maps of one stride (the patch size P), all with C channels. With P = 8 the
/// strides are P/2, P, 2P, 4P; with any other patch size the operations are those of P = 16, with strides P/4, P/2, P, 2P.
/// </summary>
/// <remarks>Names of the parts are those of the reference's state dict, directly in its backbone.</remarks>
internal sealed class TokenPyramid
{
    private const int SmallPatch = 8;

    private readonly bool isSmallPatch;

    /// <param name="channels">Channels C.</param>
    /// <param name="patchSize">Patch size P in pixels.</param>
    /// <param name="initialisation">Gives the weights: PyTorch's defaults, as in the reference.</param>
    internal TokenPyramid(int channels, int patchSize, Initialisation initialisation)
    {
        isSmallPatch = patchSize == SmallPatch;
        if (isSmallPatch)
        {
            Fpn1 = new Numbered((0, new TransposedConvolution(channels, channels, initialisation)));
            return;
        }

        Fpn1 = new Numbered(
            (0, new TransposedConvolution(channels, channels, initialisation)),
            (1, new BatchNorm(channels, initialisation)),
            (3, new TransposedConvolution(channels, channels, initialisation)));
        Fpn2 = new Numbered((0, new TransposedConvolution(channels, channels, initialisation)));
    }

    /// <summary>Makes the first map; the reference's <c>fpn1</c>.</summary>
    internal Numbered Fpn1 { get; }

    /// <summary>Makes the second map; null where that is the tokens' own.</summary>
    internal Numbered? Fpn2 { get; }

    /// <summary>Strides in pixels of the four maps of a backbone.</summary>
    internal static IReadOnlyList<double> StridesOf(int patchSize, bool hasPyramid) => (hasPyramid, patchSize) switch
    {
        (false, _) => [patchSize, patchSize, patchSize, patchSize],
        (true, SmallPatch) => [patchSize / 2.0, patchSize, 2 * patchSize, 4 * patchSize],
        _ => [patchSize / 4.0, patchSize / 2.0, patchSize, 2 * patchSize],
    };

    /// <summary>The maps.</summary>
    /// <param name="tokens">Four tensors [B, C, h, w].</param>
    /// <returns>Scaled by 4, 2, 1, 1/2 (2, 1, 1/2, 1/4 for patches of 8), rounded down.</returns>
    internal IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> tokens)
    {
        using var scope = NewDisposeScope();
        var first = ((TransposedConvolution)Fpn1[0]).Forward(tokens[0]);
        IReadOnlyList<Tensor> maps = isSmallPatch
            ? [first, tokens[1].alias(), functional.max_pool2d(tokens[2], 2, 2), functional.max_pool2d(tokens[3], 4, 4)]
            :
            [
                ((TransposedConvolution)Fpn1[3]).Forward(functional.gelu(((BatchNorm)Fpn1[1]).Forward(first))),
                ((TransposedConvolution)Fpn2![0]).Forward(tokens[1]),
                tokens[2].alias(),
                functional.max_pool2d(tokens[3], 2, 2),
            ];
        return [.. maps.Select(map => map.MoveToOuterDisposeScope())];
    }
}
