using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Poa.Data.Datasets;
using Poa.Data.Imaging;

namespace Poa.Data.Segmentation;

/// <summary>
/// One split of a set in ADE20K's layout: <c>images/SPLIT/NAME.jpg</c> (or another image format) with <c>annotations/SPLIT/NAME.png</c>,
/// where SPLIT is training or validation. Names of the classes come from <c>objectInfoN.txt</c> (N classes; one line of heads, then one line
/// per class, tab-separated, the name last) where that file is there.
/// </summary>
public sealed class AdeDataset : ISegmentationDataset
{
    /// <summary>The split to train on.</summary>
    public const string Training = "training";

    /// <summary>The split to evaluate on.</summary>
    public const string Validation = "validation";

    private readonly SegmentationSetOptions options;
    private readonly List<(string Image, string Annotation)> files = [];

    private AdeDataset(string root, string split, SegmentationSetOptions options)
    {
        this.options = options;
        Name = $"ade20k:{root}?split={split}";
        var images = Require(Path.Combine(root, "images", split));
        var annotations = Require(Path.Combine(root, "annotations", split));
        var annotationOf = Listed(annotations, [".png"]);
        foreach (var (stem, image) in Listed(images, ImageDecoder.Extensions))
        {
            files.Add(annotationOf.Remove(stem, out var annotation)
                ? (image, annotation)
                : throw new DatasetException(
                    $"The image {image} has no annotation: {Path.Combine(annotations, stem + ".png")} does not exist. Add the label map, or take the image out."));
        }

        if (annotationOf.Count > 0)
        {
            var (stem, annotation) = annotationOf.MinBy(a => a.Key, StringComparer.Ordinal);
            throw new DatasetException(
                $"The annotation {annotation} has no image: {Path.Combine(images, stem)} with one of {string.Join(", ", ImageDecoder.Extensions)} does not exist. Add the image, or take the annotation out.");
        }

        if (files.Count == 0)
        {
            throw new DatasetException($"The folder {images} has no images ({string.Join(", ", ImageDecoder.Extensions)}). Fill it, with label maps of the same names in {annotations}.");
        }

        ClassNames = ReadNames(Path.Combine(root, $"objectInfo{options.Classes}.txt"));
        Fingerprint = ComputeFingerprint(root);
    }

    /// <inheritdoc/>
    public int Count => files.Count;

    /// <inheritdoc/>
    public int Classes => options.Classes;

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>SHA-256 over the relative paths and sizes of all files and how labels are read.</summary>
    public string Fingerprint { get; }

    /// <summary>Lists a split's files; decodes none.</summary>
    /// <param name="folder">The folder that holds <c>images</c> and <c>annotations</c>.</param>
    /// <param name="split"><see cref="Training"/> or <see cref="Validation"/>.</param>
    /// <param name="options">How labels are read; null for ADE20K's 150 classes.</param>
    /// <exception cref="DatasetException">A folder is missing or empty, or an image or an annotation is without its counterpart; the message names it.</exception>
    public static AdeDataset Open(string folder, string split, SegmentationSetOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (split is not (Training or Validation))
        {
            throw new DatasetException($"ADE20K has no split '{split}'; name {Training} or {Validation}.");
        }

        options ??= new SegmentationSetOptions();
        return options.Classes is >= 1 and < LabelMap.Ignored
            ? new AdeDataset(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), split, options)
            : throw new DatasetException($"The number of classes is {options.Classes}; label maps of 8 bits allow 1 to {LabelMap.Ignored - 1}.");
    }

    /// <inheritdoc/>
    public SegmentationSample Load(int index)
    {
        var (imagePath, annotationPath) = files[index];
        var image = ImageDecoder.DecodeFile(imagePath);
        var labels = LabelMapDecoder.DecodeFile(annotationPath);
        if (labels.Width != image.Width || labels.Height != image.Height)
        {
            throw new DatasetException(
                $"The label map {annotationPath} has {labels.Width} x {labels.Height} pixels, its image {imagePath} has {image.Width} x {image.Height}. Both must have the same size.");
        }

        for (var i = 0; i < labels.Labels.Length; i++)
        {
            if (!options.Allows(labels.Labels[i]))
            {
                throw new DatasetException(
                    $"The label map {annotationPath} has label {labels.Labels[i]} at column {i % labels.Width}, row {i / labels.Width}; with {options.Classes} classes "
                    + $"and reduce_zero_label {(options.ReducesZeroLabel ? "on" : "off")} labels are {options.Allowed}. Correct the map, or set the number of classes or reduce_zero_label.");
            }
        }

        return new(image, options.ReducesZeroLabel ? labels.WithoutZero() : labels);
    }

    private string[]? ReadNames(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        string[] names = [.. File.ReadLines(path).Skip(1).Where(line => line.Length > 0).Select(line => line.Split('\t')[^1].Trim())];
        return names.Length == Classes
            ? names
            : throw new DatasetException($"{path} names {names.Length} classes; {Classes} are expected: one line of heads, then one line per class.");
    }

    private string ComputeFingerprint(string root)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Append(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));

        Append(string.Create(CultureInfo.InvariantCulture, $"{options.Classes} {options.ReducesZeroLabel}"));
        foreach (var path in files.SelectMany(f => (string[])[f.Image, f.Annotation]))
        {
            Append(string.Create(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(root, path).Replace('\\', '/')}\0{new FileInfo(path).Length}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Require(string folder) => Directory.Exists(folder)
        ? folder
        : throw new DatasetException($"The folder {folder} does not exist. ADE20K's layout is images/training, images/validation, annotations/training, annotations/validation.");

    /// <summary>Files by name without extension, in ordinal order.</summary>
    private static SortedDictionary<string, string> Listed(string folder, IReadOnlyList<string> extensions)
    {
        var listed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder).Where(f => extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)))
        {
            if (!listed.TryAdd(Path.GetFileNameWithoutExtension(path), path))
            {
                throw new DatasetException($"The folder {folder} has several files of the name {Path.GetFileNameWithoutExtension(path)}. Keep one of them.");
            }
        }

        return listed;
    }
}
