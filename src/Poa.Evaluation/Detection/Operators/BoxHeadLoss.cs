using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// Losses of the box head of a cascade stage: cross-entropy over classes and background, and GIoU of the decoded box of the own class for
/// positives (mmdet's <c>reg_decoded_bbox</c>), averaged over all samples. R samples, K classes; label K is the background.
/// </summary>
/// <param name="Coder">Of the stage's deltas.</param>
/// <param name="BoxWeight">Weight of the box loss.</param>
internal sealed record BoxHeadLoss(DeltaBoxCoder Coder, double BoxWeight = 10)
{
    /// <param name="logits_RC">Class logits [R, K + 1].</param>
    /// <param name="deltas_RD">Box deltas [R, 4 * K].</param>
    /// <param name="rois_R4">The sampled boxes [R, 4].</param>
    /// <param name="labels_R">Their classes, int64 [R].</param>
    /// <param name="targets_R4">Boxes of their objects [R, 4]; anything for the background.</param>
    /// <param name="labelWeights_R">Weight of each sample's class, [R]; all 1 where null.</param>
    /// <param name="boxWeights_R">Weight of each sample's box, [R]; all 1 where null.</param>
    /// <returns>Two scalars.</returns>
    public (Tensor Classes, Tensor Boxes) Of(
        Tensor logits_RC, Tensor deltas_RD, Tensor rois_R4, Tensor labels_R, Tensor targets_R4, Tensor? labelWeights_R = null, Tensor? boxWeights_R = null)
    {
        ShapeChecks.Rows(rois_R4, 4);
        ShapeChecks.Rows(targets_R4, 4);
        ShapeChecks.Vector(labels_R, rois_R4.shape[0]);
        ShapeChecks.Rows(logits_RC, (deltas_RD.shape[1] / 4) + 1);
        using var scope = NewDisposeScope();
        var (samples, classes) = (rois_R4.shape[0], logits_RC.shape[1] - 1);
        var classLoss = DetectionLosses.Classes(logits_RC, labels_R, labelWeights_R);
        var positive_P = labels_R.ge(Numbers.Zero).logical_and(labels_R.IsBelow(classes)).nonzero().squeeze(1);
        if (positive_P.shape[0] == 0)
        {
            return (classLoss.MoveToOuterDisposeScope(), deltas_RD.sum().Times(0).MoveToOuterDisposeScope());
        }

        Tensor Positive(Tensor values) => values.index_select(0, positive_P);
        var own_P4 = deltas_RD.reshape(samples, classes, 4)[positive_P, Positive(labels_R)];
        var boxLoss = DetectionLosses.Giou(
            Coder.Decode(Positive(rois_R4), own_P4),
            Positive(targets_R4),
            boxWeights_R is null ? null : Positive(boxWeights_R),
            samples).Times(BoxWeight);
        return (classLoss.MoveToOuterDisposeScope(), boxLoss.MoveToOuterDisposeScope());
    }
}
