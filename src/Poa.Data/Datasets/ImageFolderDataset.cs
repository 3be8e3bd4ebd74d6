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
    private static readonly EnumerationOptions Visible = new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
    };

    private readonly string root;
    private readonly List<ImageFile> files;

    private ImageFolderDataset(string name, string root, List<ImageFile> files, IReadOnlyList<string>? classNames)
    {
        Name = name;
        this.root = root;
        this.files = files;
        ClassNames = classNames;
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
        var root = RequireFolder(folder);
        var classNames = SubFolders(root);
        var direct = ImagesIn(root, root, label: -1).ToList();
        var name = new DataSpecification(DatasetKind.Folder, root, null).ToString();
        if (classNames.Count == 0)
        {
            return direct.Count > 0
                ? new ImageFolderDataset(name, root, Sorted(direct), null)
                : throw new DatasetException($"The folder {root} has no images ({Extensions}) and no class folders.");
        }

        if (direct.Count > 0)
        {
            throw new DatasetException(
                $"The folder {root} has class folders (such as {classNames[0]}) and {direct.Count} images beside them (such as {direct[0].RelativePath}). "
                + "Move these into a class folder, or keep all images directly in one folder to train without labels.");
        }

        if (classNames.Contains("train") && classNames.All(n => n is "train" or "val" or "test"))
        {
            throw new DatasetException(
                $"The folder {root} holds splits ({string.Join(", ", classNames)}), not classes. Use imagenet:{root}?split=train, or name the split's folder: {Path.Combine(root, "train")}.");
        }

        return new ImageFolderDataset(name, root, ImagesOfClasses(root, classNames, LabelsOf(classNames)), classNames);
    }

    /// <summary>
    /// Opens one split of ImageNet's layout, FOLDER/train/CLASS/... and FOLDER/val/CLASS/.... Labels of both splits are
    /// positions among the class folders of train.
    /// </summary>
    /// <exception cref="DatasetException">A folder is missing or empty, or val has a class that train lacks.</exception>
    public static ImageFolderDataset OpenImageNet(string folder, string split)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var root = RequireFolder(folder);
        var splitFolder = RequireFolder(Path.Combine(root, split));
        var present = SubFolders(splitFolder);
        if (present.Count == 0)
        {
            throw new DatasetException(
                $"The folder {splitFolder} has no class folders. ImageNet's layout is {split}/CLASS/IMAGE, with one folder per class (such as n01440764); sort the images into them.");
        }

        var trainFolder = Path.Combine(root, "train");
        var classNames = Directory.Exists(trainFolder) ? SubFolders(trainFolder) : present;
        if (present.Except(classNames, StringComparer.Ordinal).FirstOrDefault() is { } stranger)
        {
            throw new DatasetException($"The class folder {Path.Combine(splitFolder, stranger)} has no counterpart in {trainFolder}.");
        }

        var files = ImagesOfClasses(splitFolder, present, LabelsOf(classNames));
        return new ImageFolderDataset(new DataSpecification(DatasetKind.ImageNet, root, split).ToString(), splitFolder, files, classNames);
    }

    /// <inheritdoc />
    public int? LabelOf(int index) => files[index].Label is >= 0 and var label ? label : null;

    /// <inheritdoc />
    public string DescribeItem(int index) => Path.Combine(root, files[index].RelativePath);

    /// <inheritdoc />
    public RgbImage Load(int index) => ImageDecoder.DecodeFile(DescribeItem(index));

    private static string Extensions => string.Join(", ", ImageDecoder.Extensions);

    private static string RequireFolder(string folder)
    {
        var full = Path.GetFullPath(folder);
        return Directory.Exists(full)
            ? Path.TrimEndingDirectorySeparator(full)
            : throw new DatasetException(File.Exists(full) ? $"{full} is a file; a folder of images is needed." : $"The folder {full} does not exist. Check the path of the data specification.");
    }

    private static List<string> SubFolders(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder, "*", Visible).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException error)
        {
            throw new DatasetException($"The folder {folder} cannot be listed: {error.Message}", error);
        }
    }

    private static Dictionary<string, int> LabelsOf(List<string> classNames) =>
        classNames.Select((name, label) => (name, label)).ToDictionary(c => c.name, c => c.label, StringComparer.Ordinal);

    private static List<ImageFile> ImagesOfClasses(string root, List<string> present, Dictionary<string, int> labels)
    {
        var files = new List<ImageFile>();
        foreach (var name in present)
        {
            var folder = Path.Combine(root, name);
            var images = ImagesBelow(folder, root, labels[name]);
            if (images.Count == 0)
            {
                throw new DatasetException($"The class folder {folder} has no images ({Extensions}). Remove it or fill it.");
            }

            files.AddRange(images);
        }

        return files;
    }

    private static List<ImageFile> ImagesBelow(string folder, string root, int label)
    {
        var found = new List<ImageFile>();
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
        {
            found.AddRange(ImagesIn(next, root, label));
            foreach (var below in SubFolders(next))
            {
                open.Push(Path.Combine(next, below));
            }
        }

        return Sorted(found);
    }

    private static IEnumerable<ImageFile> ImagesIn(string folder, string root, int label)
    {
        FileInfo[] entries;
        try
        {
            entries = new DirectoryInfo(folder).GetFiles("*", Visible);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new DatasetException($"The folder {folder} cannot be listed: {error.Message}", error);
        }

        return entries
            .Where(f => ImageDecoder.Extensions.Contains(f.Extension, StringComparer.OrdinalIgnoreCase))
            .Select(f => new ImageFile(Path.GetRelativePath(root, f.FullName), label, f.Length));
    }

    private static List<ImageFile> Sorted(List<ImageFile> files)
    {
        files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return files;
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
