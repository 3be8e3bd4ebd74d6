using System.IO.Compression;
using Poa.Data.Datasets;
using Xunit;

namespace Poa.Data.Tests.Datasets;

public sealed class IdxDatasetTests : IDisposable
{
    private const string Images = "train-images-idx3-ubyte.gz";
    private const string Labels = "train-labels-idx1-ubyte.gz";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train", 10_000)]
    [InlineData("test", 2_000)]
    public void Open_Demo_IsBalanced(string split, int count)
    {
        var set = DataSpecification.Parse($"demo?split={split}").Open();
        Assert.Equal(count, set.Count);
        Assert.Equal(10, set.ClassNames!.Count);
        Assert.All(Enumerable.Range(0, count).CountBy(i => set.LabelOf(i)!.Value), c => Assert.Equal(count / 10, c.Value));
        Assert.Equal((28, 28), (set.Load(17).Width, set.Load(17).Height));
        Assert.Equal($"demo {split} #17", set.DescribeItem(17));
    }

    [Fact]
    public void Open_Demo_ContentIsFixed()
    {
        Assert.Equal("73194a0c06a93deab58b95e00e618cc5c80fb5c9a84df26bbc429eeb3507846a", DataSpecification.Parse("demo?split=train").Open().Fingerprint);
        Assert.Equal("8e8b02fc2db0ff9ed2d481ff30f8bd7cc5c88205cb131d7f4a0c19448f6957c9", DataSpecification.Parse("demo?split=test").Open().Fingerprint);
    }

    [Fact]
    public void Open_FullFashionMnist_HoldsTheDemoImages()
    {
        const string installed = "/usr/share/datasets/fashion-mnist";
        Assert.True(Directory.Exists(installed), "Debian's package dataset-fashion-mnist is missing: infra/test.sh installs it as root; or apt-get install dataset-fashion-mnist.");
        var full = DataSpecification.Parse($"fashion-mnist:{installed}?split=test").Open();
        var demo = DataSpecification.Parse("demo?split=test").Open();

        Assert.Equal(10_000, full.Count);
        var first = Enumerable.Range(0, full.Count).First(i => full.LabelOf(i) == demo.LabelOf(0));
        Assert.Equal(full.Load(first).Pixels, demo.Load(0).Pixels);
    }

    [Fact]
    public void Open_SmallFiles_ReadsImagesAndLabels()
    {
        folder.Write(Images, Zip([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 5, 6, 7, 8]));
        folder.Write(Labels, Zip([0, 0, 8, 1, 0, 0, 0, 2, 9, 0]));

        var set = IdxDataset.OpenFashionMnist(folder.Path, "train");

        Assert.Equal([9, 0], Enumerable.Range(0, 2).Select(i => set.LabelOf(i)!.Value));
        Assert.Equal((2, 1), (set.Load(1).Width, set.Load(1).Height));
        Assert.Equal([7, 7, 7, 255, 8, 8, 8, 255], set.Load(1).Pixels.ToArray());
    }

    [Theory]
    [InlineData("no gzip", Images, new byte[] { 1, 2, 3 }, false)]
    [InlineData("wrong magic", Images, new byte[] { 1, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5 }, true)]
    [InlineData("too short", Images, new byte[] { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5 }, true)]
    [InlineData("too long", Images, new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5, 6 }, true)]
    [InlineData("huge claim", Images, new byte[] { 0, 0, 8, 3, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0, 0, 0, 5 }, true)]
    [InlineData("cut header", Images, new byte[] { 0, 0, 8, 3, 0, 0 }, true)]
    [InlineData("other count", Labels, new byte[] { 0, 0, 8, 1, 0, 0, 0, 2, 1, 1 }, true)]
    [InlineData("unknown label", Labels, new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 10 }, true)]
    public void Open_DamagedFile_NamesIt(string damage, string file, byte[] content, bool zip)
    {
        folder.Write(Images, Zip([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5]));
        folder.Write(Labels, Zip([0, 0, 8, 1, 0, 0, 0, 1, 9]));
        Assert.Equal(1, IdxDataset.OpenFashionMnist(folder.Path, "train").Count);

        folder.Write(file, zip ? Zip(content) : content);

        var error = Assert.Throws<DatasetException>(() => IdxDataset.OpenFashionMnist(folder.Path, "train"));
        Assert.True(error.Message.Contains(Path.Combine(folder.Path, file), StringComparison.Ordinal), $"{damage}: {error.Message}");
    }

    [Fact]
    public void Open_TruncatedGzip_NamesIt()
    {
        folder.Write(Images, Zip(new byte[10_000])[..20]);
        var error = Assert.Throws<DatasetException>(() => IdxDataset.OpenFashionMnist(folder.Path, "train"));
        Assert.Contains(Images, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingFile_NamesIt()
    {
        var error = Assert.Throws<DatasetException>(() => IdxDataset.OpenFashionMnist(folder.Path, "train"));
        Assert.Contains(Images, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Zip(byte[] content)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionMode.Compress))
        {
            gzip.Write(content);
        }

        return target.ToArray();
    }
}
