using Poa.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// RoIAlign (arXiv 1703.06870 §3) with aligned pixels: the average of bilinear samples in each bin of each region, as torchvision
/// computes it with <c>aligned=True</c>. Gradients flow to the features, not to the regions. R regions of interest, P bins a side.
/// </summary>
internal static class RoiAlign
{
    /// <summary>Reads every region from the level that its size calls for.</summary>
    /// <param name="features">The maps, finest first.</param>
    /// <param name="rois_R5">Place in the batch and box x1, y1, x2, y2 in pixels of the image, [R, 5].</param>
    /// <param name="size">Bins a side, P.</param>
    /// <param name="finestScale">See <see cref="LevelOf"/>.</param>
    /// <returns>[R, C, P, P]</returns>
    public static Tensor FromPyramid(FeatureRows features, Tensor rois_R5, int size, double finestScale = 56)
    {
        ShapeChecks.Rows(rois_R5, 5);
        using var scope = NewDisposeScope();
        var level_R = LevelOf(rois_R5.narrow(1, 1, 4), features.Levels.Length, finestScale);
        return FromLevels(features, rois_R5, level_R, size).MoveToOuterDisposeScope();
    }

    /// <summary>Reads regions from given levels.</summary>
    /// <param name="features">The maps.</param>
    /// <param name="rois_R5">Place in the batch and box x1, y1, x2, y2 in pixels of the image, [R, 5].</param>
    /// <param name="level_R">Level of each region, int64 [R].</param>
    /// <param name="size">Bins a side, P.</param>
    /// <param name="samplingRatio">Samples per bin and side; 0: as many as pixels that the bin spans, rounded up.</param>
    /// <returns>[R, C, P, P]</returns>
    public static Tensor FromLevels(FeatureRows features, Tensor rois_R5, Tensor level_R, int size, int samplingRatio = 0)
    {
        ShapeChecks.Rows(rois_R5, 5);
        ShapeChecks.Vector(level_R, rois_R5.shape[0]);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(samplingRatio);
        using var scope = NewDisposeScope();
        var count = rois_R5.shape[0];
        var channels = features.Table_MC.shape[1];
        if (count == 0)
        {
            return features.Table_MC.narrow(0, 0, 0).sum().Plus(zeros([0, channels, size, size], features.Table_MC.dtype, features.Table_MC.device)).MoveToOuterDisposeScope();
        }

        var bags = Bags(features, rois_R5.detach(), level_R, size, samplingRatio);
        return RowSums.Of(features.Table_MC, bags).view(count, size, size, channels).permute(0, 3, 1, 2).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Level of a box in a pyramid (arXiv 1612.03144 eq. 1): boxes of a side below twice <paramref name="finestScale"/> are on the finest level, and
    /// each doubling is a level more.
    /// </summary>
    /// <param name="boxes_R4">Boxes [R, 4].</param>
    /// <param name="levels">Levels of the pyramid.</param>
    /// <param name="finestScale">In pixels.</param>
    /// <returns>In [0, levels), int64 [R].</returns>
    public static Tensor LevelOf(Tensor boxes_R4, int levels, double finestScale = 56)
    {
        ShapeChecks.Rows(boxes_R4, 4);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var sides_R2 = boxes_R4.narrow(1, 2, 2) - boxes_R4.narrow(1, 0, 2);
        var side_R = (sides_R2.select(1, 0) * sides_R2.select(1, 1)).clamp_min(Numbers.Zero).sqrt();
        using var coarsest = (levels - 1).ToScalar();
        return side_R.DividedBy(finestScale).Plus(1e-6).log2().floor().clamp(Numbers.Zero, coarsest).to(ScalarType.Int64).MoveToOuterDisposeScope();
    }

    private static RowBags Bags(FeatureRows features, Tensor rois_R5, Tensor level_R, int size, int samplingRatio)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var levels = features.Levels;
        Tensor PerRegion(Func<RoiLevel, long> value) => tensor(levels.Select(value).ToArray(), device: rois_R5.device).index_select(0, level_R);
        var (height_R, width_R) = (PerRegion(level => level.Height), PerRegion(level => level.Width));
        var firstRow_R = PerRegion(level => level.FirstRow).Plus(rois_R5.select(1, 0).to(ScalarType.Int64) * height_R * width_R);

        // The reference's strides are powers of two: to divide by one is to multiply by the reference's spatial scale, to the bit.
        var stride_R = tensor(levels.Select(level => level.Stride).ToArray(), dtype: rois_R5.dtype, device: rois_R5.device).index_select(0, level_R);
        var box_R4 = (rois_R5.narrow(1, 1, 4) / stride_R.unsqueeze(1)).Minus(0.5);
        var (start_R2, length_R2) = (box_R4.narrow(1, 0, 2), box_R4.narrow(1, 2, 2) - box_R4.narrow(1, 0, 2));
        var x = AxisTaps.Of(AxisWeights.Of(start_R2.select(1, 0), length_R2.select(1, 0), width_R, levels.Max(l => l.Width), size, samplingRatio));
        var y = AxisTaps.Of(AxisWeights.Of(start_R2.select(1, 1), length_R2.select(1, 1), height_R, levels.Max(l => l.Height), size, samplingRatio));

        // A bin's entries are all pairs of its taps by row and by column, row by row. N = R P P bins, T entries.
        Tensor PerBin(Tensor value_RP, int axis) => value_RP.unsqueeze(axis).expand(-1, size, size).reshape(-1);
        var perRow_N = PerBin(x.Count_RP, 1);
        var count_N = perRow_N * PerBin(y.Count_RP, 2);
        var offsets_N = count_N.cumsum(0) - count_N;
        var bag_T = Numbers.Places(count_N.shape[0], rois_R5.device).repeat_interleave(count_N);
        var within_T = Numbers.Places(bag_T.shape[0], rois_R5.device) - offsets_N.index_select(0, bag_T);
        var perRow_T = perRow_N.index_select(0, bag_T);
        var line_T = within_T.div(perRow_T, RoundingMode.floor);
        var yTap_T = PerBin(y.First_RP, 2).index_select(0, bag_T).Plus(line_T);
        var xTap_T = PerBin(x.First_RP, 1).index_select(0, bag_T).Plus(within_T) - (line_T * perRow_T);
        var firstPixel = firstRow_R.index_select(0, y.Region).Plus(y.Pixel * width_R.index_select(0, y.Region));
        var row_T = firstPixel.index_select(0, yTap_T).Plus(x.Pixel.index_select(0, xTap_T));
        var weight_T = (y.Weight.index_select(0, yTap_T) * x.Weight.index_select(0, xTap_T)).to(features.Table_MC.dtype);
        return new(offsets_N.MoveToOuterDisposeScope(), bag_T.MoveToOuterDisposeScope(), row_T.MoveToOuterDisposeScope(), weight_T.MoveToOuterDisposeScope());
    }

    /// <summary>The pixels with weight along one axis, by region, bin and pixel.</summary>
    /// <param name="Count_RP">Taps of each bin, int64 [R, P].</param>
    /// <param name="First_RP">Place of a bin's first tap among all, int64 [R, P].</param>
    /// <param name="Region">Region of each tap, int64.</param>
    /// <param name="Pixel">Pixel of each tap, int64.</param>
    /// <param name="Weight">Weight of each tap.</param>
    private sealed record AxisTaps(Tensor Count_RP, Tensor First_RP, Tensor Region, Tensor Pixel, Tensor Weight)
    {
        public static AxisTaps Of(Tensor weights_RPE)
        {
            var has_RPE = weights_RPE.ne(Numbers.Zero);
            var places = has_RPE.nonzero();
            var count_RP = has_RPE.sum([2L], type: ScalarType.Int64);
            return new(
                count_RP,
                (count_RP.view(-1).cumsum(0) - count_RP.view(-1)).view(count_RP.shape),
                places.select(1, 0).contiguous(),
                places.select(1, 2).contiguous(),
                weights_RPE.masked_select(has_RPE));
        }
    }
}
