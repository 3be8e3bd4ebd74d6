namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// Overlap of detections and objects. It is intersection over union, except with a crowd, where it is the share of the detection
/// that lies in the crowd; nothing in common gives 0, also where areas are 0.
/// </summary>
public static class Overlap
{
    /// <param name="detection">A detected box.</param>
    /// <param name="truth">An object's box.</param>
    /// <param name="crowd">Whether the object is a crowd.</param>
    /// <returns>In [0, 1], up to rounding.</returns>
    public static double Of(CocoBox detection, CocoBox truth, bool crowd)
    {
        var width = Math.Min(detection.Width + detection.X, truth.Width + truth.X) - Math.Max(detection.X, truth.X);
        var height = Math.Min(detection.Height + detection.Y, truth.Height + truth.Y) - Math.Max(detection.Y, truth.Y);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        var intersection = width * height;
        return intersection / (crowd ? detection.Area : detection.Area + truth.Area - intersection);
    }

    /// <param name="detection">A detected mask.</param>
    /// <param name="truth">An object's mask of the same size.</param>
    /// <param name="crowd">Whether the object is a crowd.</param>
    /// <returns>In [0, 1].</returns>
    public static double Of(RunLengthMask detection, RunLengthMask truth, bool crowd)
    {
        ArgumentNullException.ThrowIfNull(detection);
        ArgumentNullException.ThrowIfNull(truth);
        var intersection = detection.IntersectionArea(truth);
        return intersection == 0 ? 0 : intersection / (double)(crowd ? detection.Area : detection.Area + (long)truth.Area - intersection);
    }
}
