using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Operators;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>
/// Regions of all images of a batch: image after image, in each the positives, then the negatives. Letters: R regions, P positives.
/// </summary>
/// <param name="Rois_R5">Place in the batch and box.</param>
/// <param name="Labels_R">Class; the background's number for negatives.</param>
/// <param name="Positives_P">Places of the positives among the regions.</param>
/// <param name="Targets_R4">Box of the object of each positive; zeros for negatives.</param>
/// <param name="Images">What belongs to each image.</param>
internal sealed record RegionBatch(Tensor Rois_R5, Tensor Labels_R, Tensor Positives_P, Tensor Targets_R4, IReadOnlyList<ImageRegions> Images)
{
    /// <param name="samples">What was drawn in each image.</param>
    /// <param name="truths">The images' objects.</param>
    /// <param name="background">Number of the background.</param>
    public static RegionBatch Of(IReadOnlyList<Sample> samples, IReadOnlyList<ImageTruth> truths, long background)
    {
        using var scope = NewDisposeScope();
        var (rois, labels, positives, targets, images) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>(), new List<Tensor>(), new List<ImageRegions>());
        var first = 0L;
        for (var i = 0; i < samples.Count; i++)
        {
            var (sample, truth) = (samples[i], truths[i]);
            var (positive, negative) = (sample.Positives_P.shape[0], sample.Negatives_Q.shape[0]);
            var boxes = sample.Boxes_N4.index_select(0, cat([sample.Positives_P, sample.Negatives_Q]));
            rois.Add(cat([zeros([positive + negative, 1], device: boxes.device).Plus(i), boxes], 1));
            labels.Add(cat([truth.Labels_G.index_select(0, sample.Objects_P), zeros([negative], ScalarType.Int64, boxes.device).Plus(background)]));
            positives.Add(Numbers.Range(first, first + positive, ScalarType.Int64, boxes.device));
            targets.Add(cat([truth.Boxes_G4.index_select(0, sample.Objects_P), zeros([negative, 4], device: boxes.device)]));

            // Objects were put before the proposals.
            images.Add(new(first, positive, negative, sample.Objects_P, sample.Positives_P.IsBelow(truth.Boxes_G4.shape[0]).MoveToOuterDisposeScope()));
            first += positive + negative;
        }

        return new(
            cat([.. rois]).MoveToOuterDisposeScope(),
            cat([.. labels]).MoveToOuterDisposeScope(),
            cat([.. positives]).MoveToOuterDisposeScope(),
            cat([.. targets]).MoveToOuterDisposeScope(),
            images);
    }
}

/// <summary>The regions of one image.</summary>
/// <param name="First">Place of the first among all regions.</param>
/// <param name="Positives">Number P of positives.</param>
/// <param name="Negatives">Number of negatives, which follow.</param>
/// <param name="Objects_P">Object of each positive.</param>
/// <param name="AreObjects_P">Whether a positive is an object's own box.</param>
internal sealed record ImageRegions(long First, long Positives, long Negatives, Tensor Objects_P, Tensor AreObjects_P)
{
    public long Count => Positives + Negatives;
}
