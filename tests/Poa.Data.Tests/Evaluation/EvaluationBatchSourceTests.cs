using Poa.Data.Datasets;
using Poa.Data.Evaluation;
using Poa.Data.Imaging;
using Xunit;

namespace Poa.Data.Tests.Evaluation;

public sealed class EvaluationBatchSourceTests : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly EvaluationTransform Transform = new(4, 4, new Normalisation([0, 0, 0], [1, 1, 1]));
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(1, 3, 1)]
    [InlineData(3, 4, 2)]
    [InlineData(2, 100, 3)]
    public void Next_AnyThreadsAndBatchSize_GivesEveryImageOnceInOrder(int threads, int batchSize, int ahead)
    {
        var set = Folder(11);
        using var source = new EvaluationBatchSource(set, Transform, new EvaluationLoading { BatchSize = batchSize, Threads = threads, Ahead = ahead });

        var seen = new List<(int Index, int Label, int Grey)>();
        while (source.Next(Stop) is { } batch)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                seen.Add((batch.Indices.Span[i], batch.Labels.Span[i], (int)MathF.Round(batch.Pixels.Span[i * batch.ImageLength] * 255)));
            }
        }

        Assert.Equal(Enumerable.Range(0, 11).Select(i => (i, set.LabelOf(i)!.Value, 10 * i)), seen);
        Assert.Null(source.Next(Stop));
    }

    [Fact]
    public void Next_FromTheMiddle_GivesTheRest()
    {
        using var source = new EvaluationBatchSource(Folder(7), Transform, new EvaluationLoading { BatchSize = 4 }, firstImage: 5);
        Assert.Equal([5, 6], source.Next(Stop)!.Indices.ToArray());
        Assert.Null(source.Next(Stop));
    }

    [Fact]
    public void Next_DamagedFile_ThrowsWithItsNameInItsTurn()
    {
        var set = Folder(8);
        File.WriteAllText(set.DescribeItem(6), "not an image");
        using var source = new EvaluationBatchSource(set, Transform, new EvaluationLoading { BatchSize = 2, Threads = 2, Ahead = 4 });

        Assert.Equal([0, 1], source.Next(Stop)!.Indices.ToArray());
        Assert.Equal([2, 3], source.Next(Stop)!.Indices.ToArray());
        Assert.Equal([4, 5], source.Next(Stop)!.Indices.ToArray());
        var error = Assert.Throws<UnreadableImageException>(() => source.Next(Stop));
        Assert.Equal(set.DescribeItem(6), error.Item);
        Assert.Throws<UnreadableImageException>(() => source.Next(Stop));
    }

    [Fact]
    public void Next_DamagedFilesAllowed_LeavesThemOutAndReportsThem()
    {
        var set = Folder(6);
        File.WriteAllBytes(set.DescribeItem(0), []);
        File.WriteAllText(set.DescribeItem(4), "not an image");
        using var source = new EvaluationBatchSource(set, Transform, new EvaluationLoading { BatchSize = 3, AllowUnreadable = true });

        var first = source.Next(Stop)!;
        Assert.Equal([1, 2], first.Indices.ToArray());
        Assert.Equal(10, MathF.Round(first.Pixels.Span[0] * 255));
        Assert.Equal([3, 5], source.Next(Stop)!.Indices.ToArray());
        Assert.Null(source.Next(Stop));
        Assert.Equal([set.DescribeItem(0), set.DescribeItem(4)], source.Unreadable.Select(e => e.Item).Order(StringComparer.Ordinal));
    }

    private ImageFolderDataset Folder(int count)
    {
        for (var i = 0; i < count; i++)
        {
            folder.Png($"class{i % 2}/{i:D3}.png", (byte)0);
        }

        var set = ImageFolderDataset.Open(folder.Path);
        for (var i = 0; i < count; i++)
        {
            folder.Png(Path.GetRelativePath(folder.Path, set.DescribeItem(i)), (byte)(10 * i));
        }

        return ImageFolderDataset.Open(folder.Path);
    }
}
