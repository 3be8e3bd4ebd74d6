using Poa.Data.Datasets;
using Xunit;

namespace Poa.Data.Tests.Datasets;

public sealed class ImageFolderDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_ClassFolders_SortsClassesOrdinallyAndReadsBelowThem()
    {
        folder.Png("b/deep/er/2.png", grey: 20);
        folder.Png("B/1.png", grey: 10);
        folder.Png("b/1.PNG", grey: 30);
        folder.Write("b/notes.txt", [1]);
        folder.Png("b/.hidden.png");

        var set = ImageFolderDataset.Open(folder.Path);

        Assert.Equal(["B", "b"], set.ClassNames!);
        Assert.Equal(3, set.Count);
        Assert.Equal([0, 1, 1], Enumerable.Range(0, 3).Select(i => set.LabelOf(i)!.Value));
        Assert.Equal(["B/1.png", "b/1.PNG", "b/deep/er/2.png"], Enumerable.Range(0, 3).Select(i => Path.GetRelativePath(folder.Path, set.DescribeItem(i))));
        Assert.Equal([10, 30, 20], Enumerable.Range(0, 3).Select(i => (int)set.Load(i).Pixels[0]));
    }

    [Fact]
    public void Open_ImagesOnly_HasNoLabels()
    {
        folder.Png("2.png");
        folder.Png("10.png");

        var set = ImageFolderDataset.Open(folder.Path);

        Assert.Null(set.ClassNames);
        Assert.Null(set.LabelOf(0));
        Assert.EndsWith("10.png", set.DescribeItem(0), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingFolder_NamesIt()
    {
        var missing = Path.Combine(folder.Path, "nowhere");
        var error = Assert.Throws<DatasetException>(() => ImageFolderDataset.Open(missing));
        Assert.Contains($"{missing} does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EmptyClassFolder_NamesIt()
    {
        folder.Png("cat/1.png");
        Directory.CreateDirectory(Path.Combine(folder.Path, "dog"));
        var error = Assert.Throws<DatasetException>(() => ImageFolderDataset.Open(folder.Path));
        Assert.Contains(Path.Combine(folder.Path, "dog") + " has no images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoImages_NamesTheFolderAndTheExtensions()
    {
        folder.Write("readme.txt", [1]);
        var error = Assert.Throws<DatasetException>(() => ImageFolderDataset.Open(folder.Path));
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(".webp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ImagesBesideClassFolders_Throws()
    {
        folder.Png("cat/1.png");
        folder.Png("stray.png");
        var error = Assert.Throws<DatasetException>(() => ImageFolderDataset.Open(folder.Path));
        Assert.Contains("stray.png", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderOfSplits_PointsToImageNetLayout()
    {
        folder.Png("train/cat/1.png");
        folder.Png("val/cat/1.png");
        var error = Assert.Throws<DatasetException>(() => ImageFolderDataset.Open(folder.Path));
        Assert.Contains($"imagenet:{folder.Path}?split=train", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenImageNet_ValidationSplit_UsesTheLabelsOfTrain()
    {
        folder.Png("train/n01440764/a.png");
        folder.Png("train/n01443537/a.png");
        folder.Png("val/n01443537/b.png");

        var set = ImageFolderDataset.OpenImageNet(folder.Path, "val");

        Assert.Equal(["n01440764", "n01443537"], set.ClassNames!);
        Assert.Equal(1, set.LabelOf(0));
    }

    [Fact]
    public void OpenImageNet_ClassThatTrainLacks_NamesIt()
    {
        folder.Png("train/n01440764/a.png");
        folder.Png("val/n99999999/b.png");
        var error = Assert.Throws<DatasetException>(() => ImageFolderDataset.OpenImageNet(folder.Path, "val"));
        Assert.Contains("n99999999", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenImageNet_FlatValidationFolder_SaysWhatTheLayoutIs()
    {
        folder.Png("train/n01440764/a.png");
        folder.Png("val/ILSVRC2012_val_00000001.png");
        var error = Assert.Throws<DatasetException>(() => ImageFolderDataset.OpenImageNet(folder.Path, "val"));
        Assert.Contains("val/CLASS/IMAGE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_SameFiles_IsEqualAndChangesWithNameOrSize()
    {
        folder.Png("a/1.png");
        folder.Write("a/2.png", [1, 2, 3]);
        var first = ImageFolderDataset.Open(folder.Path).Fingerprint;
        Assert.Equal(first, ImageFolderDataset.Open(folder.Path + "/").Fingerprint);

        folder.Write("a/2.png", [1, 2, 3, 4]);
        var second = ImageFolderDataset.Open(folder.Path).Fingerprint;
        File.Move(Path.Combine(folder.Path, "a/2.png"), Path.Combine(folder.Path, "a/3.png"));
        var third = ImageFolderDataset.Open(folder.Path).Fingerprint;

        Assert.Equal(3, new HashSet<string> { first, second, third }.Count);
    }

    [Fact]
    public void Load_DamagedFile_NamesTheFile()
    {
        folder.Write("a/broken.png", []);
        var set = ImageFolderDataset.Open(folder.Path);
        var error = Assert.Throws<UnreadableImageException>(() => set.Load(0));
        Assert.Equal(Path.Combine(folder.Path, "a/broken.png"), error.Item);
    }
}
