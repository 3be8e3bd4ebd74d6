using Poa.Data.Imaging;

namespace Poa.Data.Datasets;

/// <summary>
/// A fixed, ordered set of images. Implementations are safe for calls from several threads at once; item numbers are
/// the same on every machine that holds the same files.
/// </summary>
public interface IImageDataset
{
    /// <summary>Images in the set, at least 1.</summary>
    int Count { get; }

    /// <summary>Names of the classes in label order; null for a set without labels.</summary>
    IReadOnlyList<string>? ClassNames { get; }

    /// <summary>The specification it was opened with, in canonical form.</summary>
    string Name { get; }

    /// <summary>SHA-256 (lower-case hex) that changes when the set's content or order does: over the bytes of array files, over relative paths and sizes of folders.</summary>
    string Fingerprint { get; }

    /// <summary>Label of item <paramref name="index"/> in [0, classes); null for a set without labels.</summary>
    int? LabelOf(int index);

    /// <summary>What to call item <paramref name="index"/> in a message: a file's path, or for example "demo train #17".</summary>
    string DescribeItem(int index);

    /// <summary>Decodes item <paramref name="index"/> to 8-bit RGB.</summary>
    /// <exception cref="UnreadableImageException">The item is damaged or missing; the message names it and the reason.</exception>
    RgbImage Load(int index);
}
