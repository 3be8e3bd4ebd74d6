using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Poa.Data.Imaging;

namespace Poa.Data.Datasets;

/// <summary>
/// Images in folders: one sub-folder per class (classes in ordinal order of their names, images at any depth below), or
/// images directly in the folder, without labels. Hidden files and folders are left out. Also ImageNet's layout.
/// </summary>
public sealed class ImageFolderDataset : IImageDataset
{
    private readonly string root;
    private readonly List<ImageFile> files;

    private ImageFolderDataset(ImageFolderLayout layout)
    {
        Name = layout.Name;
        root = layout.Root;
        ClassNames = layout.ClassNames;
        // Sorted class by class, and all images of a folder without classes.
        files = [.. layout.Parts().SelectMany(part => Sorted(part.Images.Select(file => new ImageFile(Path.GetRelativePath(root, file.FullName), part.Label, file.Length))))];
        Fingerprint = ComputeFingerprint(files);
    }

    /// <inheritdoc />
    public int Count => files.Count;

    /// <inheritdoc />
    public IReadOnlyList<string>? ClassNames { get; }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public string Fingerprint { get; }

    /// <summary>Opens a folder with one sub-folder per class, or with images and no sub-folder.</summary>
    /// <exception cref="DatasetException">The folder is missing, has no images, mixes both layouts, or a class folder is empty.</exception>
    public static ImageFolderDataset Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new ImageFolderDataset(ImageFolderLayout.Open(folder));
    }

    /// <summary>
    /// Opens one split of ImageNet's layout, FOLDER/train/CLASS/... and FOLDER/val/CLASS/.... Labels of both splits are
    /// positions among the class folders of train.
    /// </summary>
    /// <exception cref="DatasetException">A folder is missing or empty, or val has a class that train lacks.</exception>
    public static ImageFolderDataset OpenImageNet(string folder, string split)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new ImageFolderDataset(ImageFolderLayout.OpenImageNet(folder, split));
    }

    /// <summary>Opens the images of a set with boxes, masks or label maps, without these.</summary>
    internal static ImageFolderDataset OpenDense(DataSpecification specification) => new(ImageFolderLayout.OpenDense(specification));

    /// <inheritdoc />
    public int? LabelOf(int index) => files[index].Label is >= 0 and var label ? label : null;

    /// <inheritdoc />
    public string DescribeItem(int index) => Path.Combine(root, files[index].RelativePath);

    /// <inheritdoc />
    public RgbImage Load(int index) => ImageDecoder.DecodeFile(DescribeItem(index));

    private static List<ImageFile> Sorted(IEnumerable<ImageFile> part)
    {
        List<ImageFile> sorted = [.. part];
        sorted.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return sorted;
    }

    private static string ComputeFingerprint(List<ImageFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.RelativePath.Replace('\\', '/')}\0{file.Size}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private readonly record struct ImageFile(string RelativePath, int Label, long Size);
}
