namespace Poa.Evaluation.Segmentation.Scoring;

/// <summary>Figures of a semantic segmentation, over a whole set at once, as shares in [0, 1]. Null stands for 0 / 0.</summary>
/// <param name="AllAccuracy">aAcc: correct pixels of all labelled ones; null without a labelled pixel.</param>
/// <param name="MeanIoU">mIoU: mean over the classes whose IoU is known.</param>
/// <param name="MeanAccuracy">mAcc: mean over the classes whose accuracy is known.</param>
/// <param name="IoU">Per class, intersection over union; null for a class that is neither labelled nor predicted.</param>
/// <param name="Accuracy">Per class, correct pixels of the labelled ones; null for a class that is not labelled.</param>
public sealed record SemanticScores(
    double? AllAccuracy, double? MeanIoU, double? MeanAccuracy, IReadOnlyList<double?> IoU, IReadOnlyList<double?> Accuracy);
