using Poa.Evaluation.Detection.Data;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>How many proposals an RPN makes of its outputs.</summary>
internal sealed record RpnProposalOptions
{
    /// <summary>Highest-scored anchors of each level that are decoded.</summary>
    public required int PerLevel { get; init; }

    /// <summary>Proposals of an image after suppression.</summary>
    public required int PerImage { get; init; }

    /// <summary>IoU above which the proposal with the lower score goes, within a level.</summary>
    public double NmsIou { get; init; } = 0.7;

    /// <summary>Only boxes that are wider and higher than this are proposed, in pixels; negative: all.</summary>
    public double MinSize { get; init; }

    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public void Validate()
    {
        if (PerLevel < 1 || PerImage < 1 || NmsIou is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"Proposals need PerLevel ({PerLevel}) and PerImage ({PerImage}) of at least 1 and NmsIou ({NmsIou}) in [0, 1].");
        }
    }
}

/// <summary>From the outputs of an RPN to boxes (arXiv 1506.01497, with mmdet's steps). A anchors per cell.</summary>
/// <param name="coder">Of the deltas.</param>
/// <param name="options">How many.</param>
internal sealed class RpnProposals(DeltaBoxCoder coder, RpnProposalOptions options)
{
    /// <summary>Proposals of one image. Nothing has a gradient.</summary>
    /// <param name="logits_AHW">Per level, logits that an anchor has an object: [A, H, W].</param>
    /// <param name="deltas_DHW">Per level, box deltas: [A * 4, H, W].</param>
    /// <param name="anchors_N4">Per level, anchors [H * W * A, 4] by row, column, anchor (<see cref="AnchorGrid.Boxes"/>).</param>
    /// <param name="image">Size without padding; boxes are clipped to it.</param>
    /// <returns>Boxes with probabilities [K, 5] by descending probability, and the level of each, int64 [K].</returns>
    public (Tensor Proposals_K5, Tensor Levels_K) Select(
        IReadOnlyList<Tensor> logits_AHW, IReadOnlyList<Tensor> deltas_DHW, IReadOnlyList<Tensor> anchors_N4, PixelSize image)
    {
        options.Validate();
        if (logits_AHW.Count == 0 || deltas_DHW.Count != logits_AHW.Count || anchors_N4.Count != logits_AHW.Count)
        {
            throw new ArgumentException($"There must be logits, deltas and anchors for each level; there are {logits_AHW.Count}, {deltas_DHW.Count} and {anchors_N4.Count}.");
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var levels = Enumerable.Range(0, logits_AHW.Count).Select(level => OfLevel(logits_AHW[level], deltas_DHW[level], anchors_N4[level], image)).ToArray();
        var boxes_P4 = cat([.. levels.Select(l => l.Boxes_P4)]);
        var scores_P = cat([.. levels.Select(l => l.Scores_P)]);
        var levels_P = cat([.. levels.Select((l, level) => zeros_like(l.Scores_P, ScalarType.Int64).Plus(level))]);

        var keep_K = NonMaximumSuppression.KeepPerGroup(boxes_P4, scores_P, levels_P, options.NmsIou);
        keep_K = keep_K.narrow(0, 0, Math.Min(options.PerImage, keep_K.shape[0]));
        var proposals_K5 = cat([boxes_P4.index_select(0, keep_K), scores_P.index_select(0, keep_K).unsqueeze(1)], 1);
        return (proposals_K5.MoveToOuterDisposeScope(), levels_P.index_select(0, keep_K).MoveToOuterDisposeScope());
    }

    private (Tensor Boxes_P4, Tensor Scores_P) OfLevel(Tensor logits_AHW, Tensor deltas_DHW, Tensor anchors_N4, PixelSize image)
    {
        if (logits_AHW.dim() != 3 || deltas_DHW.dim() != 3 || deltas_DHW.numel() != 4 * logits_AHW.numel())
        {
            throw ShapeChecks.Wrong(deltas_DHW, "[4 A, H, W] where logits are [A, H, W]", nameof(deltas_DHW));
        }

        ShapeChecks.Rows(anchors_N4, 4);
        ShapeChecks.Vector(anchors_N4.select(1, 0), logits_AHW.numel(), nameof(anchors_N4));
        var (scores_P, order_P) = logits_AHW.permute(1, 2, 0).reshape(-1).sigmoid().sort(0, descending: true, stable: true);
        if (scores_P.shape[0] > options.PerLevel)
        {
            (scores_P, order_P) = (scores_P.narrow(0, 0, options.PerLevel), order_P.narrow(0, 0, options.PerLevel));
        }

        var deltas_P4 = deltas_DHW.permute(1, 2, 0).reshape(-1, 4).index_select(0, order_P);
        var boxes_P4 = coder.Decode(anchors_N4.index_select(0, order_P), deltas_P4, image);
        if (options.MinSize < 0)
        {
            return (boxes_P4, scores_P);
        }

        var sides_P2 = boxes_P4.narrow(1, 2, 2) - boxes_P4.narrow(1, 0, 2);
        var large = sides_P2.IsAbove(options.MinSize).all(1).nonzero().squeeze(1);
        return (boxes_P4.index_select(0, large), scores_P.index_select(0, large));
    }
}
