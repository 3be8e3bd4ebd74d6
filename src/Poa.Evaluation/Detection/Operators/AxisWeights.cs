using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// Bilinear sampling along one axis, for regions of interest. RoIAlign averages samples on a grid in each bin; sample weights, borders included,
/// are products of a weight by row and one by column, so two small matrices per region say all about it. R regions, P bins, S samples,
/// E pixels.
/// </summary>
internal static class AxisWeights
{
    /// <summary>Weight of each pixel in each bin of each region.</summary>
    /// <param name="start_R">Where a region starts, in pixels; 0 is the centre of the first pixel.</param>
    /// <param name="length_R">Length of the region in pixels; one that is not positive gets no samples where their number adapts.</param>
    /// <param name="extent_R">Pixels of the map that the region is on.</param>
    /// <param name="longest">The largest extent, E.</param>
    /// <param name="bins">Bins per region, P.</param>
    /// <param name="samplingRatio">Samples per bin; 0: one per pixel that a bin spans, rounded up.</param>
    /// <returns>[R, P, E]; rows sum to the share of samples that lie on the map, those within a pixel outside included.</returns>
    public static Tensor Of(Tensor start_R, Tensor length_R, Tensor extent_R, long longest, int bins, int samplingRatio)
    {
        using var scope = NewDisposeScope();
        var bin_R11 = length_R.DividedBy(bins).view(-1, 1, 1);
        var samples_R11 = samplingRatio > 0 ? zeros_like(bin_R11).Plus(samplingRatio) : bin_R11.ceil().clamp_min(Numbers.Zero);
        var weights_RPE = zeros([start_R.shape[0], bins, longest], start_R.dtype, start_R.device);
        var most = start_R.shape[0] == 0 ? 0 : (long)samples_R11.max().to(ScalarType.Float64).item<double>();
        if (most == 0)
        {
            return weights_RPE.MoveToOuterDisposeScope();
        }

        var bin_P1 = Numbers.Range(bins, start_R.dtype, start_R.device).unsqueeze(1);
        var sample_S = Numbers.Range(most, start_R.dtype, start_R.device);
        var perSample_R11 = samples_R11.clamp_min(Numbers.One);
        var last_R11 = extent_R.Minus(1).view(-1, 1, 1);

        // In this order float32 places are those of the reference, and with them on which side of a pixel or border they fall.
        var place_RPS = start_R.view(-1, 1, 1).Plus(bin_P1 * bin_R11).Plus(sample_S.Plus(0.5) * bin_R11 / perSample_R11);
        var counts_RPS = sample_S.lt(samples_R11).logical_and(place_RPS.ge(Numbers.MinusOne)).logical_and(place_RPS.le(last_R11.Plus(1)));
        var weight_RPS = counts_RPS.to(start_R.dtype) / perSample_R11;
        place_RPS = minimum(place_RPS.clamp_min(Numbers.Zero), last_R11);
        var low_RPS = place_RPS.floor();
        var high_RPS = minimum(low_RPS.Plus(1), last_R11);
        var share_RPS = (place_RPS - low_RPS) * weight_RPS;
        weights_RPE.scatter_add_(2, low_RPS.to(ScalarType.Int64), weight_RPS - share_RPS);
        weights_RPE.scatter_add_(2, high_RPS.to(ScalarType.Int64), share_RPS);
        return weights_RPE.MoveToOuterDisposeScope();
    }
}
