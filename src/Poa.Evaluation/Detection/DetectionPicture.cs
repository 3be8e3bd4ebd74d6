using System.Globalization;
using Poa.Data.Imaging;
using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Drawing;

namespace Poa.Evaluation.Detection;

/// <summary>Shows what a detector found in an image beside what is there.</summary>
public static class DetectionPicture
{
    /// <summary>Draws boxes, names, scores and masks, the true ones on the left.</summary>
    /// <param name="dataset">The set.</param>
    /// <param name="image">Place of the image in it.</param>
    /// <param name="found">What was found in it, in any order.</param>
    /// <param name="leastScore">Objects of a lower score are left out.</param>
    /// <exception cref="Poa.Data.Datasets.UnreadableImageException">The image is damaged.</exception>
    public static DrawnPicture Of(CocoDetectionDataset dataset, int image, IReadOnlyList<CocoDetection> found, double leastScore)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(found);
        var pixels = dataset.Load(image);
        var entry = dataset.Annotations.Images[image];
        DrawnObject[] truth =
        [
            .. dataset.ObjectsOf(image).Objects.Select(o => new DrawnObject(o.Label, dataset.ClassNames[o.Label], null, o.Box, MaskOf(o.Segmentation, pixels))),
        ];
        DrawnObject[] drawn = [.. found.Where(detection => detection.Score >= leastScore).Select(detection => Found(dataset, detection, pixels))];
        return new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.FileName ?? $"image {entry.Id}"}, objects: {truth.Length} true, {drawn.Length} found with a score of at least {leastScore}"),
            Pictures.Sheet([("true", Pictures.Objects(pixels, truth)), ("found", Pictures.Objects(pixels, drawn))], columns: 2));
    }

    private static DrawnObject Found(CocoDetectionDataset dataset, CocoDetection detection, RgbImage pixels)
    {
        var label = dataset.Annotations.CategoryIndex(detection.CategoryId);
        var mask = MaskOf(detection.Segmentation, pixels);
        var box = detection.Box ?? mask?.BoundingBox() ?? throw new ArgumentException("A detection has neither box nor mask.", nameof(detection));
        return new(label, dataset.ClassNames[label], detection.Score, box, mask);
    }

    private static RunLengthMask? MaskOf(CocoSegmentation? segmentation, RgbImage pixels) => segmentation?.ToMask(pixels.Height, pixels.Width);
}
