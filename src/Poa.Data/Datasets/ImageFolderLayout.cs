using Poa.Data.Imaging;

namespace Poa.Data.Datasets;

/// <summary>Images that belong together: those of one class, or all of a folder without classes.</summary>
/// <param name="Label">The class's label; -1 without classes.</param>
/// <param name="Images">Its images in the order of the file system, listed as they are read; throws at the end if there is none.</param>
internal sealed record ImageFolderPart(int Label, IEnumerable<FileInfo> Images);

/// <summary>
/// Which folders a specification stands for and what is an image in them: the rules of image folders, for those who read the
/// images and those who only count them.
/// </summary>
/// <param name="Name">The canonical specification.</param>
/// <param name="Root">The folder that class folders or images lie in.</param>
/// <param name="ClassNames">All classes in label order; null for images without labels.</param>
/// <param name="Present">The classes that have a folder here, in order.</param>
internal sealed record ImageFolderLayout(string Name, string Root, IReadOnlyList<string>? ClassNames, IReadOnlyList<string> Present)
{
    private static readonly EnumerationOptions Visible = new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
    };

    private static string Extensions => string.Join(", ", ImageDecoder.Extensions);

    /// <inheritdoc cref="ImageFolderDataset.Open"/>
    public static ImageFolderLayout Open(string folder)
    {
        var root = RequireFolder(folder);
        var name = new DataSpecification(DatasetKind.Folder, root, null).ToString();
        var classNames = SubFolders(root);
        if (classNames.Count == 0)
        {
            return new ImageFolderLayout(name, root, null, []);
        }

        if (ImagesIn(root).FirstOrDefault() is { } stray)
        {
            throw new DatasetException(
                $"The folder {root} has class folders (such as {classNames[0]}) and {ImagesIn(root).Count()} images beside them (such as {stray.Name}). "
                + "Move these into a class folder, or keep all images directly in one folder to train without labels.");
        }

        return classNames.Contains("train") && classNames.All(n => n is "train" or "val" or "test")
            ? throw new DatasetException(
                $"The folder {root} holds splits ({string.Join(", ", classNames)}), not classes. Use imagenet:{root}?split=train, or name the split's folder: {Path.Combine(root, "train")}.")
            : new ImageFolderLayout(name, root, classNames, classNames);
    }

    /// <inheritdoc cref="ImageFolderDataset.OpenImageNet"/>
    public static ImageFolderLayout OpenImageNet(string folder, string split)
    {
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
        return present.Except(classNames, StringComparer.Ordinal).FirstOrDefault() is { } stranger
            ? throw new DatasetException($"The class folder {Path.Combine(splitFolder, stranger)} has no counterpart in {trainFolder}.")
            : new ImageFolderLayout(new DataSpecification(DatasetKind.ImageNet, root, split).ToString(), splitFolder, classNames, present);
    }

    /// <summary>The images of a set with boxes, masks or label maps; these must be there, too.</summary>
    public static ImageFolderLayout OpenDense(DataSpecification specification) =>
        new(specification.ToString(), DenseLayout.Of(specification).Require(specification).Images, null, []);

    /// <summary>The parts in label order. Listing touches the disk only as far as it is enumerated.</summary>
    /// <param name="goOn">Asked before each entry of a folder, image or not; once it says no, nothing more comes. Always, if null.</param>
    /// <exception cref="DatasetException">On enumeration: a folder cannot be listed or has no images; the message names it.</exception>
    public IEnumerable<ImageFolderPart> Parts(Func<bool>? goOn = null)
    {
        goOn ??= static () => true;
        if (ClassNames is null)
        {
            return [new(-1, OrThrow(ImagesIn(Root, goOn), goOn, $"The folder {Root} has no images ({Extensions}) and no class folders."))];
        }

        var labels = ClassNames.Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);
        return Present.Select(name =>
        {
            var folder = Path.Combine(Root, name);
            return new ImageFolderPart(labels[name], OrThrow(ImagesBelow(folder, goOn), goOn, $"The class folder {folder} has no images ({Extensions}). Remove it or fill it."));
        });
    }

    private static IEnumerable<FileInfo> OrThrow(IEnumerable<FileInfo> images, Func<bool> goOn, string message)
    {
        var any = false;
        foreach (var image in images)
        {
            any = true;
            yield return image;
        }

        if (!any && goOn())
        {
            throw new DatasetException(message);
        }
    }

    private static string RequireFolder(string folder)
    {
        var full = Path.GetFullPath(folder);
        return Directory.Exists(full)
            ? Path.TrimEndingDirectorySeparator(full)
            : throw new DatasetException(File.Exists(full) ? $"{full} is a file; a folder of images is needed." : $"The folder {full} does not exist. Check the path of the data specification.");
    }

    private static List<string> SubFolders(string folder, Func<bool>? goOn = null) =>
        [.. Listed(folder, new DirectoryInfo(folder).EnumerateDirectories("*", Visible), goOn).Select(d => d.Name).Order(StringComparer.Ordinal)];

    private static IEnumerable<FileInfo> ImagesBelow(string folder, Func<bool> goOn)
    {
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
        {
            foreach (var image in ImagesIn(next, goOn))
            {
                yield return image;
            }

            foreach (var below in SubFolders(next, goOn))
            {
                open.Push(Path.Combine(next, below));
            }
        }
    }

    private static IEnumerable<FileInfo> ImagesIn(string folder, Func<bool>? goOn = null) => Listed(folder, new DirectoryInfo(folder).EnumerateFiles("*", Visible), goOn)
        .Where(f => ImageDecoder.Extensions.Contains(f.Extension, StringComparer.OrdinalIgnoreCase));

    private static IEnumerable<T> Listed<T>(string folder, IEnumerable<T> entries, Func<bool>? goOn)
    {
        using var enumerator = entries.GetEnumerator();
        while (goOn?.Invoke() != false)
        {
            try
            {
                if (!enumerator.MoveNext())
                {
                    yield break;
                }
            }
            catch (UnauthorizedAccessException error)
            {
                throw new DatasetException($"The folder {folder} cannot be listed: {error.Message}", error);
            }

            yield return enumerator.Current;
        }
    }
}
