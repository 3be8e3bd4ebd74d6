using Poa.Data.Datasets;
using Poa.Data.Segmentation;
using Xunit;

namespace Poa.Data.Tests.Segmentation;

public sealed class AdeDatasetTests : IDisposable
{
    private static readonly SegmentationSetOptions Five = new() { Classes = 5 };

    private readonly AdeFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_ReducesZeroLabel_GivesClassesFromZero()
    {
        folder.Add("b", 6, 4, 5);
        folder.Add("a", 3, 2, 1);

        var dataset = AdeDataset.Open(folder.Root, AdeDataset.Training, Five);
        var sample = dataset.Load(1);

        Assert.Equal(2, dataset.Count);
        Assert.Equal((6, 4), (sample.Image.Width, sample.Image.Height));
        Assert.Equal([LabelMap.Ignored, .. Enumerable.Repeat((byte)4, 23)], sample.Labels.Labels.ToArray());
        Assert.Equal(5, sample.Image.Pixels[5 * 4]);
    }

    [Fact]
    public void Load_KeepsZeroLabel_GivesLabelsAsStored()
    {
        folder.Add("a", 3, 2, 4);

        var sample = AdeDataset.Open(folder.Root, AdeDataset.Training, Five with { ReducesZeroLabel = false }).Load(0);

        Assert.Equal([0, 4, 4, 4, 4, 4], sample.Labels.Labels.ToArray());
    }

    [Fact]
    public void Load_LabelMapOfAnotherSize_NamesBothFilesAndSizes()
    {
        folder.Add("a", 3, 2, 1);
        AdeFolder.WriteLabels(folder.Annotation("a"), 2, 3, new byte[6]);

        var message = LoadFault();

        Assert.Contains(folder.Annotation("a"), message, StringComparison.Ordinal);
        Assert.Contains(folder.Image("a"), message, StringComparison.Ordinal);
        Assert.Contains("2 x 3", message, StringComparison.Ordinal);
        Assert.Contains("3 x 2", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 6, "1 .. 5")]
    [InlineData(false, 5, "0 .. 4")]
    public void Load_LabelAboveTheClassCount_NamesFileLabelPlaceAndRemedy(bool reduces, byte label, string allowed)
    {
        folder.Add("a", 3, 2, label);

        var message = LoadFault(Five with { ReducesZeroLabel = reduces });

        Assert.Contains(folder.Annotation("a"), message, StringComparison.Ordinal);
        Assert.Contains($"label {label} at column 1, row 0", message, StringComparison.Ordinal);
        Assert.Contains(allowed, message, StringComparison.Ordinal);
        Assert.Contains("set the number of classes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnnotationMissing_NamesImageAndAnnotation()
    {
        folder.Add("a", 3, 2, 1);
        folder.Add("b", 3, 2, 1);
        File.Delete(folder.Annotation("b"));

        var message = OpenFault();

        Assert.Contains(folder.Image("b"), message, StringComparison.Ordinal);
        Assert.Contains(folder.Annotation("b"), message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ImageMissing_NamesAnnotationAndImage()
    {
        folder.Add("a", 3, 2, 1);
        folder.Add("b", 3, 2, 1);
        File.Delete(folder.Image("b"));

        var message = OpenFault();

        Assert.Contains(folder.Annotation("b"), message, StringComparison.Ordinal);
        Assert.Contains(Path.ChangeExtension(folder.Image("b"), null), message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderMissing_ShowsTheLayout()
    {
        Directory.Delete(Path.Combine(folder.Root, "annotations"), recursive: true);

        Assert.Contains("annotations/validation", OpenFault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoImages_NamesTheFolder() => Assert.Contains(Path.Combine(folder.Root, "images", "training"), OpenFault(), StringComparison.Ordinal);

    [Fact]
    public void Open_UnknownSplit_NamesThoseThereAre() => Assert.Contains(
        "validation", Assert.Throws<DatasetException>(() => AdeDataset.Open(folder.Root, "val")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public void Open_ImpossibleClassCount_NamesTheRange(int classes)
    {
        folder.Add("a", 3, 2, 1);

        Assert.Contains("1 to 254", OpenFault(Five with { Classes = classes }), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ColourPng_SaysWhatIsWanted()
    {
        folder.Add("a", 3, 2, 1);
        AdeFolder.WriteImage(folder.Annotation("a"), 3, 2);

        Assert.Contains("colour type 0 (grey)", LoadFault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AnnotationNoPng_SaysSo()
    {
        folder.Add("a", 3, 2, 1);
        File.WriteAllText(folder.Annotation("a"), "these are no labels, and not a picture either");

        Assert.Contains("not a PNG", LoadFault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AnnotationCutOff_NamesIt()
    {
        folder.Add("a", 64, 64, 1);
        var noise = new byte[64 * 64];
        new Random(1).NextBytes(noise);
        AdeFolder.WriteLabels(folder.Annotation("a"), 64, 64, noise);
        File.WriteAllBytes(folder.Annotation("a"), File.ReadAllBytes(folder.Annotation("a"))[..2000]);

        var message = LoadFault();

        Assert.Contains(folder.Annotation("a"), message, StringComparison.Ordinal);
        Assert.Contains("cut off", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClassNames_ObjectInfo_AreItsLastColumn()
    {
        folder.Add("a", 3, 2, 1);
        Assert.Null(AdeDataset.Open(folder.Root, AdeDataset.Training, Five).ClassNames);
        var path = Path.Combine(folder.Root, "objectInfo5.txt");
        File.WriteAllText(path, "Idx\tRatio\tName\n1\t0.5\twall\n2\t0.2\tsky, clouds\n3\t0\ta\n4\t0\tb\n5\t0\tc\n");

        Assert.Equal(["wall", "sky, clouds", "a", "b", "c"], AdeDataset.Open(folder.Root, AdeDataset.Training, Five).ClassNames);

        File.AppendAllText(path, "6\t0\td\n");
        Assert.Contains("objectInfo5.txt names 6 classes", OpenFault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_FileOrReadingChanges_Changes()
    {
        folder.Add("a", 30, 20, 1);
        string Print(SegmentationSetOptions options) => AdeDataset.Open(folder.Root, AdeDataset.Training, options).Fingerprint;
        var before = Print(Five);

        Assert.Equal(before, Print(Five));
        Assert.NotEqual(before, Print(Five with { Classes = 6 }));
        folder.Add("a", 60, 200, 1);
        Assert.NotEqual(before, Print(Five));
    }

    private string OpenFault(SegmentationSetOptions? options = null) =>
        Assert.Throws<DatasetException>(() => AdeDataset.Open(folder.Root, AdeDataset.Training, options ?? Five)).Message;

    private string LoadFault(SegmentationSetOptions? options = null)
    {
        var dataset = AdeDataset.Open(folder.Root, AdeDataset.Training, options ?? Five);
        return Assert.Throws<DatasetException>(() => dataset.Load(0)).Message;
    }
}
