using System.Collections.Immutable;
using Poa.Evaluation.Detection.Data;
using Poa.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// Boxes relative to others: shift of the centre in units of width and height, and logarithm of the ratio of sizes (arXiv 1311.2524,
/// appendix C), minus means, over standard deviations.
/// </summary>
internal sealed class DeltaBoxCoder
{
    private readonly double[] means;
    private readonly double[] stds;
    private readonly double maxLogRatio;

    /// <param name="stds">Standard deviations of dx, dy, dw, dh; positive.</param>
    /// <param name="means">Means of dx, dy, dw, dh; all 0 by default.</param>
    /// <param name="ratioClip">Decoded sizes change at most by the factor 1 / ratioClip, either way; in (0, 1).</param>
    public DeltaBoxCoder(ImmutableArray<double> stds, ImmutableArray<double>? means = null, double ratioClip = 16.0 / 1000)
    {
        ImmutableArray<double> centres = means ?? [0, 0, 0, 0];
        if (stds.Length != 4 || stds.Any(s => !(s > 0)))
        {
            throw new ArgumentException($"Box deltas have four positive standard deviations, not ({string.Join(", ", stds)}).", nameof(stds));
        }

        if (centres.Length != 4)
        {
            throw new ArgumentException($"Box deltas have four means, not {centres.Length}.", nameof(means));
        }

        if (ratioClip is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(ratioClip), ratioClip, "The clip of a size ratio lies between 0 and 1.");
        }

        (this.stds, this.means, maxLogRatio) = ([.. stds], [.. centres], Math.Abs(Math.Log(ratioClip)));
    }

    /// <summary>What to predict at the boxes in order to get the targets.</summary>
    /// <param name="boxes_N4">Anchors or proposals [N, 4], with positive width and height.</param>
    /// <param name="targets_N4">Targets [N, 4], with positive width and height.</param>
    /// <returns>[N, 4]</returns>
    public Tensor Encode(Tensor boxes_N4, Tensor targets_N4)
    {
        ShapeChecks.Rows(boxes_N4, 4);
        ShapeChecks.Same(targets_N4, boxes_N4);
        using var scope = NewDisposeScope();
        var (centre, size) = CentreAndSize(boxes_N4);
        var (targetCentre, targetSize) = CentreAndSize(targets_N4);
        var deltas_N4 = cat([(targetCentre - centre) / size, (targetSize / size).log()], 1);
        return ((deltas_N4 - Row(means, deltas_N4)) / Row(stds, deltas_N4)).MoveToOuterDisposeScope();
    }

    /// <summary>The boxes that deltas stand for; has gradients to the deltas.</summary>
    /// <param name="boxes_N4">Anchors or proposals [N, 4].</param>
    /// <param name="deltas_ND">Predictions [N, 4 * K] with K of 1, or one set of deltas per class.</param>
    /// <param name="clipTo">Size of the image that boxes are clipped to; not clipped where null.</param>
    /// <returns>Boxes of the shape of the deltas.</returns>
    public Tensor Decode(Tensor boxes_N4, Tensor deltas_ND, PixelSize? clipTo = null)
    {
        ShapeChecks.Rows(boxes_N4, 4);
        if (deltas_ND.dim() != 2 || deltas_ND.shape[0] != boxes_N4.shape[0] || deltas_ND.shape[1] % 4 != 0)
        {
            throw ShapeChecks.Wrong(deltas_ND, $"[{boxes_N4.shape[0]}, 4 K]", nameof(deltas_ND));
        }

        using var scope = NewDisposeScope();
        var deltas_NK4 = deltas_ND.reshape(deltas_ND.shape[0], deltas_ND.shape[1] / 4, 4);
        deltas_NK4 = (deltas_NK4 * Row(stds, deltas_ND)).Plus(Row(means, deltas_ND));
        var (centre, size) = CentreAndSize(boxes_N4.unsqueeze(1));
        var centre_NK2 = centre.Plus(size * deltas_NK4.narrow(2, 0, 2));
        using var least = (-maxLogRatio).ToScalar();
        using var most = maxLogRatio.ToScalar();
        var half_NK2 = (size * deltas_NK4.narrow(2, 2, 2).clamp(least, most).exp()).Times(0.5);
        var decoded_NK4 = cat([centre_NK2 - half_NK2, centre_NK2.Plus(half_NK2)], 2);
        return (clipTo is { } image ? Clip(decoded_NK4, image) : decoded_NK4).view(deltas_ND.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Boxes with x in [0, width] and y in [0, height].</summary>
    /// <param name="boxes">[..., 4]</param>
    /// <param name="image">Its size.</param>
    public static Tensor Clip(Tensor boxes, PixelSize image)
    {
        using var scope = NewDisposeScope();
        var limit_4 = Row([image.Width, image.Height, image.Width, image.Height], boxes);
        return minimum(boxes.clamp_min(Numbers.Zero), limit_4).MoveToOuterDisposeScope();
    }

    private static (Tensor Centre, Tensor Size) CentreAndSize(Tensor boxes)
    {
        var (low, high) = (boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2));
        return (low.Plus(high).Times(0.5), high - low);
    }

    private static Tensor Row(double[] values, Tensor like) => tensor(values, dtype: like.dtype, device: like.device);
}
