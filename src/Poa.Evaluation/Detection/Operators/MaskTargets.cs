using Poa.Evaluation.Detection.Data;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// What a mask head is to learn: the object's mask within the box, by RoIAlign of the bitmap (boxes clipped to the image), half or more is 1.
/// Bins of large boxes have many pixels, so rows and columns are summed by two dense matrix products rather than pixel by pixel.
/// P boxes, G objects, M bins a side.
/// </summary>
internal static class MaskTargets
{
    private const long PixelsAtATime = 1L << 23;

    /// <param name="boxes_P4">Boxes of positives, [P, 4], in pixels of the masks.</param>
    /// <param name="objects_P">Object of each, int64 [P].</param>
    /// <param name="masks_GHW">Zeros and ones of any type, [G, H, W].</param>
    /// <param name="size">Bins a side, M.</param>
    /// <returns>Zeros and ones, float32 [P, M, M].</returns>
    public static Tensor Of(Tensor boxes_P4, Tensor objects_P, Tensor masks_GHW, int size = 28)
    {
        using var scope = NewDisposeScope();
        return Average(boxes_P4, objects_P, masks_GHW, size).IsAtLeast(0.5).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>The share of the mask in each bin, before it is rounded: float32 [P, M, M].</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static Tensor Average(Tensor boxes_P4, Tensor objects_P, Tensor masks_GHW, int size)
    {
        ShapeChecks.Rows(boxes_P4, 4);
        ShapeChecks.Vector(objects_P, boxes_P4.shape[0]);
        if (masks_GHW.dim() != 3)
        {
            throw ShapeChecks.Wrong(masks_GHW, "[G, H, W]", nameof(masks_GHW));
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (height, width) = (masks_GHW.shape[1], masks_GHW.shape[2]);
        var box_P4 = DeltaBoxCoder.Clip(boxes_P4, new PixelSize((int)height, (int)width)).Minus(0.5);
        var rows_PMH = Weights(box_P4, 1, height, size);
        var columns_PWM = Weights(box_P4, 0, width, size).transpose(1, 2);
        var result_PMM = empty([boxes_P4.shape[0], size, size], rows_PMH.dtype, rows_PMH.device);
        var step = Math.Max(1, PixelsAtATime / (height * width));
        for (var first = 0L; first < boxes_P4.shape[0]; first += step)
        {
            using var chunk = NewDisposeScope();
            var count = Math.Min(step, boxes_P4.shape[0] - first);
            var masks_CHW = masks_GHW.index_select(0, objects_P.narrow(0, first, count)).to(rows_PMH.dtype);
            var narrowed_CMW = rows_PMH.narrow(0, first, count).bmm(masks_CHW);
            result_PMM.narrow(0, first, count).copy_(narrowed_CMW.bmm(columns_PWM.narrow(0, first, count)));
        }

        return result_PMM.MoveToOuterDisposeScope();
    }

    private static Tensor Weights(Tensor box_P4, int axis, long extent, int size)
    {
        var start_P = box_P4.select(1, axis);
        return AxisWeights.Of(start_P, box_P4.select(1, axis + 2) - start_P, zeros_like(start_P).Plus(extent), extent, size, samplingRatio: 0);
    }
}
