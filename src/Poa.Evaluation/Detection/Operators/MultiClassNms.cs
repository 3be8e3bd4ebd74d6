using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>Detections of one image: what passes the score threshold, after suppression within each class, the best ones (mmdet's <c>multiclass_nms</c>).</summary>
internal static class MultiClassNms
{
    /// <param name="boxes_NB">Boxes [N, 4], the same for all classes, or [N, 4 * C], one per class.</param>
    /// <param name="scores_NC">Scores [N, C + 1]; the last column is the background, which is left out.</param>
    /// <param name="scoreThreshold">Only scores above it count.</param>
    /// <param name="iouThreshold">IoU above which the lower score of a class goes.</param>
    /// <param name="maxPerImage">Most detections, all classes together.</param>
    /// <returns>Boxes with scores [D, 5] by descending score (equal scores by row, then class) and classes (int64) [D].</returns>
    public static (Tensor Detections_D5, Tensor Labels_D) Select(
        Tensor boxes_NB, Tensor scores_NC, double scoreThreshold, double iouThreshold, int maxPerImage)
    {
        if (scores_NC.dim() != 2 || scores_NC.shape[1] < 2)
        {
            throw ShapeChecks.Wrong(scores_NC, "[N, classes + 1]", nameof(scores_NC));
        }

        var (count, classes) = (scores_NC.shape[0], scores_NC.shape[1] - 1);
        if (boxes_NB.dim() != 2 || boxes_NB.shape[0] != count || (boxes_NB.shape[1] != 4 && boxes_NB.shape[1] != 4 * classes))
        {
            throw ShapeChecks.Wrong(boxes_NB, $"[{count}, 4] or [{count}, {4 * classes}]", nameof(boxes_NB));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(maxPerImage, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var foreground_NC = scores_NC.narrow(1, 0, classes);
        var places_P2 = foreground_NC.IsAbove(scoreThreshold).nonzero();
        var (row_P, label_P) = (places_P2.select(1, 0), places_P2.select(1, 1));
        var score_P = foreground_NC[row_P, label_P];
        var box_P4 = boxes_NB.shape[1] == 4
            ? boxes_NB.index_select(0, row_P)
            : boxes_NB.reshape(count, classes, 4)[row_P, label_P];
        var keep_D = NonMaximumSuppression.KeepPerGroup(box_P4, score_P, label_P, iouThreshold);
        keep_D = keep_D.narrow(0, 0, Math.Min(maxPerImage, keep_D.shape[0]));
        var detections_D5 = cat([box_P4.index_select(0, keep_D), score_P.index_select(0, keep_D).unsqueeze(1)], 1);
        return (detections_D5.MoveToOuterDisposeScope(), label_P.index_select(0, keep_D).MoveToOuterDisposeScope());
    }
}
