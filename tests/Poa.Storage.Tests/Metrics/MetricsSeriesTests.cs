using CsCheck;

namespace Poa.Storage.Tests;

public sealed class MetricsSeriesTests : IDisposable
{
    private const double Tolerance = 1e-9;

    private readonly TemporaryFolder folder = new();
    private readonly LocalBlobStore blobs;

    public MetricsSeriesTests() => blobs = new(folder.Path);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    /// <summary>With all levels, with none, and with some of them: the same as summed up the slow way.</summary>
    [Theory]
    [InlineData("none of it")]
    [InlineData("runs/run/metrics-levels/")]
    [InlineData("runs/run/metrics-levels/256/")]
    [InlineData("runs/run/metrics-levels/16/0000004096")]
    public async Task ReadSeries_AnyRange_EqualsTheSumOfItsSteps(string deleted)
    {
        const int Steps = 9_999;
        await blobs.WriteAsync(Steps, Token);
        foreach (var name in (await blobs.NamesAsync("runs/run/")).Where(name => name.StartsWith(deleted, StringComparison.Ordinal)))
        {
            await blobs.DeleteAsync(name, null, Token);
        }

        await Gen.Select(Gen.Int[0, Steps], Gen.Int[0, Steps + 500], Gen.Int[1, 400]).SampleAsync(async (from, to, maxPoints) =>
        {
            var series = await MetricsReader.ReadSeriesAsync(blobs, "run", from, to, maxPoints, Token);
            Check(series, from, Math.Min(to, Steps), maxPoints);
        }, iter: 60, threads: 1);
        Check(await MetricsReader.ReadSeriesAsync(blobs, "run", 0, null, 100, Token), 0, Steps, 100);
    }

    [Fact]
    public async Task ReadSeries_EnoughPoints_AreTheSteps()
    {
        await blobs.WriteAsync(600, Token);

        var series = await MetricsReader.ReadSeriesAsync(blobs, "run", 100, null, 500, Token);

        Assert.Equal(Enumerable.Range(100, 500).Select(i => (long)i), series.Iterations);
        Assert.All(series.Counts, count => Assert.Equal(1, count));
        Assert.Equal(Enumerable.Range(100, 500).Select(i => MetricsSamples.Step(i).Values["loss"]), series.Columns["loss"].Mean);
        Assert.Equal(600, series.NextIteration);
    }

    [Fact]
    public async Task ReadSeries_TailBehindTheLastWholePoint_IsFiner()
    {
        await blobs.WriteAsync(10_003, Token);

        var series = await MetricsReader.ReadSeriesAsync(blobs, "run", 0, null, 100, Token);

        // 10,003 = 78 whole points of 128, one of 16, three single steps.
        Assert.Equal([.. Enumerable.Repeat(128, 78), 16, 1, 1, 1], series.Counts);
    }

    [Fact]
    public async Task ReadSeries_ValuesNotFiniteOrAbsent_AreCountedOrNaN()
    {
        await blobs.WriteAsync(1000, Token);

        var series = await MetricsReader.ReadSeriesAsync(blobs, "run", 0, null, 1000, Token);

        Assert.True(double.IsNaN(series.Columns["norm"].Mean[5]));
        Assert.Equal((1, 1, 0), (series.Columns["norm"].NonFinite[5], series.Columns["norm"].NonFinite[131], series.Columns["norm"].NonFinite[6]));
        Assert.True(double.IsNaN(series.Columns["warm_up"].Max[400]));
        Assert.Equal(0, series.Columns["warm_up"].NonFinite[400]);
        Assert.Equal(399 / 7.0, series.Columns["warm_up"].Max[399]);
    }

    [Fact]
    public async Task ReadSeries_NothingThere_IsEmpty()
    {
        Assert.Equal(0, (await MetricsReader.ReadSeriesAsync(blobs, "run", 0, null, 10, Token)).NextIteration);
        await blobs.WriteAsync(300, Token);
        var series = await MetricsReader.ReadSeriesAsync(blobs, "run", 300, null, 10, Token);
        Assert.Empty(series.Iterations);
        Assert.Equal(300, series.NextIteration);
    }

    [Fact]
    public async Task ReadSeries_DamagedLevel_FallsBackToTheSteps()
    {
        await blobs.WriteAsync(3000, Token);
        await blobs.PutAsync(BlobLayout.MetricsLevel("run", 256, 0), "{\"first\":0,\"count\":256,\"values\":{\"loss\":[1,2]}}\n");

        Check(await MetricsReader.ReadSeriesAsync(blobs, "run", 0, null, 20, Token), 0, 3000, 20);
    }

    [Fact]
    public async Task ReadSeries_DamagedChunkThatIsNeeded_SaysWhichLine()
    {
        await blobs.WriteAsync(300, Token);
        await blobs.PutAsync(BlobLayout.MetricsChunk("run", 256), "{\"iteration\":256}\nrubbish\n");

        var e = await Assert.ThrowsAsync<StorageException>(() => MetricsReader.ReadSeriesAsync(blobs, "run", 0, null, 1000, Token));

        Assert.Contains("Line 2 of the metrics log runs/run/metrics/0000000256.jsonl", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadSampleCounts_StepsOfSeveralVirtualShards_CountsTheSubNetworkOfEach()
    {
        var log = await MetricsLog.OpenAsync(blobs, "run", 0, Token);
        for (var i = 0; i < 3000; i++)
        {
            log.Append(i, System.Text.Encoding.UTF8.GetBytes($"{{\"iteration\":{i},\"subNetwork\":\"{(i % 2 == 0 ? "48x2 96x5 48x2" : "64x3")}\",\"values\":{{\"loss\":1}}}}"));
        }

        await log.FlushAsync(Token);
        var counts = await MetricsReader.ReadSampleCountsAsync(blobs, "run", Token);
        Assert.Equal(new Dictionary<string, long> { ["48x2"] = 3000, ["96x5"] = 1500, ["64x3"] = 1500 }, counts);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 255)]
    [InlineData(0, 9999)]
    [InlineData(1, 9999)]
    public async Task ReadSampleCounts_WithAndWithoutLevels_CountsEveryStep(int withoutLevels, int steps)
    {
        await blobs.WriteAsync(steps, Token);
        foreach (var name in (await blobs.NamesAsync("runs/run/metrics-levels/")).Where(_ => withoutLevels > 0))
        {
            await blobs.DeleteAsync(name, null, Token);
        }

        var counts = await MetricsReader.ReadSampleCountsAsync(blobs, "run", Token);

        var expected = Enumerable.Range(0, steps).GroupBy(i => MetricsSamples.Step(i).SubNetwork).ToDictionary(g => g.Key, g => (long)g.Count());
        Assert.Equal(expected.OrderBy(c => c.Key), counts.OrderBy(c => c.Key));
    }

    [Fact]
    public async Task Read_AgainAndAgain_ListsNothingAndPassesOverADeletedChunk()
    {
        await blobs.WriteAsync(2000, Token);
        await blobs.DeleteAsync(BlobLayout.MetricsChunk("run", 512), null, Token);
        var unlisted = new UnlistedBlobStore(blobs);

        Assert.Equal([1998, 1999], await MetricsReader.ReadAsync(unlisted, "run", 1997, Token).Select(r => r.Iteration).ToListAsync(Token));
        Assert.Empty(await MetricsReader.ReadAsync(unlisted, "run", 1999, Token).ToListAsync(Token));
        Assert.Equal(
            Enumerable.Range(300, 1700).Where(i => i is < 512 or >= 768).Select(i => (long)i),
            await MetricsReader.ReadAsync(unlisted, "run", 299, Token).Select(r => r.Iteration).ToListAsync(Token));
    }

    private static void Check(MetricsSeries series, long from, long to, int maxPoints)
    {
        if (from >= to)
        {
            Assert.Empty(series.Iterations);
            return;
        }

        Assert.InRange(series.Iterations.Count, 1, maxPoints);
        Assert.Equal(to, series.NextIteration);
        Assert.Equal(from, series.Iterations[0]);
        for (var i = 0; i < series.Iterations.Count; i++)
        {
            var end = series.Iterations[i] + series.Counts[i];
            Assert.Equal(i + 1 < series.Iterations.Count ? series.Iterations[i + 1] : to, end); // no gap, no overlap
            foreach (var (name, column) in series.Columns)
            {
                CheckPoint(name, column, i, series.Iterations[i], end);
            }
        }
    }

    private static void CheckPoint(string name, MetricsColumn column, int point, long first, long end)
    {
        var all = new List<double>();
        for (var i = first; i < end; i++)
        {
            if (MetricsSamples.Step(i).Values.TryGetValue(name, out var value))
            {
                all.Add(value);
            }
        }

        double[] finite = [.. all.Where(double.IsFinite)];
        Assert.Equal(all.Count - finite.Length, column.NonFinite[point]);
        Assert.Equal(finite.Length > 0 ? finite.Average() : double.NaN, column.Mean[point], Tolerance);
        Assert.Equal(finite.Length > 0 ? finite.Min() : double.NaN, column.Min[point]);
        Assert.Equal(finite.Length > 0 ? finite.Max() : double.NaN, column.Max[point]);
    }

    /// <summary>Lists nothing, as a store of millions of blobs had better not be asked to every second.</summary>
    private sealed class UnlistedBlobStore(IBlobStore inner) : IBlobStore
    {
        public string Description => inner.Description;

        public Task<BlobProperties> UploadAsync(string name, Stream content, BlobWriteCondition condition, string? expectedSha256, CancellationToken cancellationToken) =>
            inner.UploadAsync(name, content, condition, expectedSha256, cancellationToken);

        public Task<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellationToken) => inner.DeleteAsync(name, ifMatch, cancellationToken);

        public Task<Stream> OpenReadAsync(string name, ByteRange? range, CancellationToken cancellationToken) => inner.OpenReadAsync(name, range, cancellationToken);

        public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken) => inner.FindAsync(name, cancellationToken);

        public IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken cancellationToken) => throw new InvalidOperationException("Listed.");
    }
}
