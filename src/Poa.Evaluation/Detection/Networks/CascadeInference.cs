using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>Detections of one image in pixels of the stored image, by falling score.</summary>
/// <param name="Boxes_D4">Left, top, right, bottom.</param>
/// <param name="Scores_D">In (0, 1).</param>
/// <param name="Labels_D">Classes, int64.</param>
/// <param name="Masks">One per detection; null without mask heads.</param>
internal sealed record ImageDetections(Tensor Boxes_D4, Tensor Scores_D, Tensor Labels_D, IReadOnlyList<RunLengthMask>? Masks);

/// <summary>
/// Detections by the cascade: boxes corrected stage by stage, logits of the classes averaged over the stages, boxes by the last stage's deltas of
/// each class, suppression per class; masks averaged over the stages' heads.
/// </summary>
/// <param name="head">The stages.</param>
/// <param name="options">Thresholds.</param>
internal sealed class CascadeInference(CascadeHead head, DetectorOptions options)
{
    /// <param name="maps">The pyramid of one image, without its coarsest map.</param>
    /// <param name="proposals_N4">Boxes in the network's input.</param>
    /// <param name="image">Size of the input without padding.</param>
    /// <param name="stored">Size of the stored image.</param>
    public ImageDetections Detect(FeatureRows maps, Tensor proposals_N4, PixelSize image, PixelSize stored)
    {
        using var scope = NewDisposeScope();
        var (boxes_N4, scores, deltas_NC4) = (proposals_N4, new List<Tensor>(), proposals_N4);
        for (var stage = 0; stage < options.Stages.Length; stage++)
        {
            if (stage > 0)
            {
                boxes_N4 = CascadeTest.Refine(boxes_N4, scores[^1], deltas_NC4, head.Coder(stage - 1), image);
            }

            (var scores_NC, deltas_NC4) = head.Boxes(stage, maps, Rois(boxes_N4));
            scores.Add(scores_NC);
        }

        var scale_4 = ScaleOf(image, stored, boxes_N4);
        var decoded_NC4 = head.Coder(options.Stages.Length - 1).Decode(boxes_N4, deltas_NC4, image);
        decoded_NC4 = (decoded_NC4.view(-1, head.Classes, 4) / scale_4).view(-1, 4L * head.Classes);
        var (found_D5, labels_D) = MultiClassNms.Select(
            decoded_NC4, CascadeTest.Scores(scores), options.ScoreThreshold, options.DetectionOverlap, options.MaxDetections);
        var (found_D4, score_D) = (found_D5.narrow(1, 0, 4).contiguous(), found_D5.select(1, 4).contiguous());
        return new(
            found_D4.MoveToOuterDisposeScope(),
            score_D.MoveToOuterDisposeScope(),
            labels_D.MoveToOuterDisposeScope(),
            options.HasMasks ? Masks(maps, found_D4, labels_D, scale_4, stored) : null);
    }

    private IReadOnlyList<RunLengthMask> Masks(FeatureRows maps, Tensor boxes_D4, Tensor labels_D, Tensor scale_4, PixelSize stored)
    {
        if (labels_D.shape[0] == 0)
        {
            return [];
        }

        var rois_D5 = Rois(boxes_D4 * scale_4);
        var average_DMM = CascadeTest.MaskProbabilities([.. options.Stages.Select((_, stage) => OwnMask(head.Masks(stage, maps, rois_D5), labels_D))]);
        return MaskPasting.Paste(average_DMM, boxes_D4, stored, options.MaskThreshold);
    }

    private static Tensor OwnMask(Tensor logits_DCMM, Tensor labels_D) => logits_DCMM[Numbers.Places(labels_D.shape[0], labels_D.device), labels_D];

    private static Tensor Rois(Tensor boxes_N4) => cat([zeros([boxes_N4.shape[0], 1], boxes_N4.dtype, boxes_N4.device), boxes_N4], 1);

    private static Tensor ScaleOf(PixelSize image, PixelSize stored, Tensor like)
    {
        var (x, y) = ((float)image.Width / stored.Width, (float)image.Height / stored.Height);
        return tensor(new[] { x, y, x, y }, device: like.device);
    }
}
