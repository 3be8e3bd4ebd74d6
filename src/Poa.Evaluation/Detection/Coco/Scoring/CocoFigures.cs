namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// COCO's twelve figures, each in [0, 1]; null where there is no object to find. AP is the mean precision over recall thresholds and
/// categories, AR the mean of the highest recall over categories, both over overlap thresholds 0.5 to 0.95.
/// </summary>
/// <param name="Precision">AP, at 100 detections per image and category.</param>
/// <param name="Precision50">AP at overlap 0.5 alone.</param>
/// <param name="Precision75">AP at overlap 0.75 alone.</param>
/// <param name="PrecisionSmall">AP of small objects.</param>
/// <param name="PrecisionMedium">AP of medium objects.</param>
/// <param name="PrecisionLarge">AP of large objects.</param>
/// <param name="RecallFirst">AR at the first limit of detections (1 in pycocotools).</param>
/// <param name="RecallSecond">AR at the second limit (10).</param>
/// <param name="RecallThird">AR at the third limit (100).</param>
/// <param name="RecallSmall">AR of small objects, at the third limit.</param>
/// <param name="RecallMedium">AR of medium objects, at the third limit.</param>
/// <param name="RecallLarge">AR of large objects, at the third limit.</param>
public sealed record CocoFigures(
    double? Precision,
    double? Precision50,
    double? Precision75,
    double? PrecisionSmall,
    double? PrecisionMedium,
    double? PrecisionLarge,
    double? RecallFirst,
    double? RecallSecond,
    double? RecallThird,
    double? RecallSmall,
    double? RecallMedium,
    double? RecallLarge)
{
    /// <summary>The figures in COCO's order.</summary>
    public IReadOnlyList<double?> InOrder =>
    [
        Precision, Precision50, Precision75, PrecisionSmall, PrecisionMedium, PrecisionLarge,
        RecallFirst, RecallSecond, RecallThird, RecallSmall, RecallMedium, RecallLarge,
    ];
}
