using Poa.Data.Imaging;

namespace Poa.Data.Segmentation;

/// <summary>An image with its label map, of the same size; labels are classes from 0 or <see cref="LabelMap.Ignored"/>.</summary>
/// <param name="Image">The image.</param>
/// <param name="Labels">Its labels.</param>
public sealed record SegmentationSample(RgbImage Image, LabelMap Labels);

/// <summary>A fixed, ordered set of images with label maps. Safe for calls from several threads at once.</summary>
public interface ISegmentationDataset
{
    /// <summary>Images in the set, at least 1.</summary>
    int Count { get; }

    /// <summary>Number of classes.</summary>
    int Classes { get; }

    /// <summary>Names of the classes in label order, or null where the set has none.</summary>
    IReadOnlyList<string>? ClassNames { get; }

    /// <summary>What to call the set in a protocol.</summary>
    string Name { get; }

    /// <summary>SHA-256 (lower-case hex) that changes when the set's content or order does.</summary>
    string Fingerprint { get; }

    /// <summary>Decodes item <paramref name="index"/>.</summary>
    /// <exception cref="Datasets.UnreadableImageException">The image is damaged or missing.</exception>
    /// <exception cref="Datasets.DatasetException">The label map is damaged, of another size than the image, or has a label that no class has.</exception>
    SegmentationSample Load(int index);
}
