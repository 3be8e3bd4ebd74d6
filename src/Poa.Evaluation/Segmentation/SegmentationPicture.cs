using System.Globalization;
using Poa.Data.Segmentation;
using Poa.Evaluation.Drawing;

namespace Poa.Evaluation.Segmentation;

/// <summary>Shows what classes a network found in an image beside what is there.</summary>
public static class SegmentationPicture
{
    /// <summary>Draws both label maps over the image with the names of their classes, the true one on the left.</summary>
    /// <param name="dataset">The set.</param>
    /// <param name="image">Number of the image in it.</param>
    /// <param name="found">The classes that were found, of the image's size.</param>
    /// <exception cref="Poa.Data.Datasets.UnreadableImageException">The image is damaged.</exception>
    public static DrawnPicture Of(ISegmentationDataset dataset, int image, LabelMap found)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(found);
        var (pixels, truth) = dataset.Load(image);
        var names = dataset.ClassNames ?? [.. Enumerable.Range(0, dataset.Classes).Select(i => string.Create(CultureInfo.InvariantCulture, $"class {i}"))];
        return new(
            string.Create(CultureInfo.InvariantCulture, $"Test image {image + 1}: true classes, and found ones ({Agreement(truth, found)})"),
            Pictures.Sheet(
                [("true", Pictures.LabelMap(pixels, Classes(truth), names)), ("found", Pictures.LabelMap(pixels, Classes(found), names))], columns: 2));
    }

    private static int[] Classes(LabelMap map) => [.. map.Labels.ToArray().Select(label => label == LabelMap.Ignored ? -1 : (int)label)];

    private static string Agreement(LabelMap truth, LabelMap found)
    {
        var (labelled, right) = (0, 0);
        for (var i = 0; i < truth.Labels.Length; i++)
        {
            if (truth.Labels[i] != LabelMap.Ignored)
            {
                labelled++;
                right += truth.Labels[i] == found.Labels[i] ? 1 : 0;
            }
        }

        return labelled == 0
            ? "no pixel is labelled"
            : string.Create(CultureInfo.InvariantCulture, $"{100.0 * right / labelled:F1} % of the labelled pixels are right");
    }
}
