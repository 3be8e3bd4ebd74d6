using Poa.Networks;

namespace Poa.Evaluation.Dense.Backbones;

/// <summary>How a plain ViT serves a dense task.</summary>
public sealed record ViTBackboneOptions
{
    /// <summary>
    /// Whether the four token maps go through the pyramid of transposed convolutions and pooling; without it all four have the patch
    /// size as stride (the linear head of segmentation).
    /// </summary>
    public bool HasPyramid { get; init; } = true;

    /// <summary>Whether the pre-trained weights stay as they are. A pyramid is trained in any case.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Drop-path rate of the last block, in [0, 1), rising linearly from 0 in the first; without effect when frozen.</summary>
    public double DropPathRate { get; init; }

    /// <summary>
    /// Grid that the position table is resampled to, by target size, when the weights are loaded. The reference: detection 42 x 68 (base) or
    /// 50 x 63 (small), segmentation crop / patch in both directions. Null keeps the table as it is.
    /// </summary>
    public TokenGrid? Grid { get; init; }

    /// <summary>When an image then keeps the table; otherwise it is resampled at run time by the rule with +0.1.</summary>
    public PositionSkip PositionSkip { get; init; } = PositionSkip.EqualCountAndSquare;

    /// <summary>Seed of the pyramid's initial weights.</summary>
    public long Seed { get; init; }
}
