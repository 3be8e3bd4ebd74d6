using System.Text;
using CsCheck;

namespace Poa.Storage.Tests;

public sealed class MetricsLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LocalBlobStore blobs;

    public MetricsLogTests() => blobs = new(folder.Path);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Append_OverSeveralChunks_ReadsBackInOrder()
    {
        var log = await MetricsLog.OpenAsync(blobs, "run", 0, Token);
        for (var i = 0; i < 700; i++)
        {
            log.Append(i, Line(i));
            if (i % 100 == 50)
            {
                await log.FlushAsync(Token);
            }
        }

        Assert.Equal(651, (await ReadAsync()).Count); // What is not flushed is not there.
        await log.FlushAsync(Token);

        Assert.Equal(["0000000000", "0000000256", "0000000512"], (await blobs.NamesAsync("runs/run/metrics/")).Select(n => Path.GetFileNameWithoutExtension(n)));
        Assert.Equal(Enumerable.Range(0, 700).Select(i => Text(i)), await ReadAsync());
        foreach (var after in new[] { 0, 254, 255, 256, 698, 699, 5000 })
        {
            Assert.Equal(Enumerable.Range(0, 700).Where(i => i > after).Select(i => Text(i)), await ReadAsync(after));
        }
    }

    /// <summary>A run dies after any number of flushed and unflushed steps and resumes at any checkpoint before: the log is as of one unbroken run.</summary>
    [Fact]
    public async Task Open_AtAnyIteration_GoesOnAsIfNeverInterrupted() =>
        await Gen.Select(Gen.Int[0, 900], Gen.Int[0, 300], Gen.Int[0, 900], Gen.Int[1, 300]).SampleAsync(async (flushed, unflushed, resumeAt, further) =>
        {
            var resume = Math.Min(resumeAt, flushed);
            var log = await MetricsLog.OpenAsync(blobs, "run", 0, Token);
            Fill(log, 0, flushed, "first");
            await log.FlushAsync(Token);
            Fill(log, flushed, flushed + unflushed, "first");

            log = await MetricsLog.OpenAsync(blobs, "run", resume, Token);
            Assert.Equal(Enumerable.Range(0, resume).Select(i => Text(i, "first")), await ReadAsync());
            Fill(log, resume, resume + further, "second");
            await log.FlushAsync(Token);

            Assert.Equal(Enumerable.Range(0, resume + further).Select(i => Text(i, i < resume ? "first" : "second")), await ReadAsync());
        }, iter: 25, threads: 1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Open_KilledAtAnyStepOfTheRewind_LeavesNoGap(int steps)
    {
        var log = await MetricsLog.OpenAsync(blobs, "run", 0, Token);
        Fill(log, 0, 700, "first");
        await log.FlushAsync(Token);

        await Assert.ThrowsAsync<KilledException>(() => MetricsLog.OpenAsync(new InterruptedBlobStore(blobs, steps), "run", 100, Token));

        var left = await ReadAsync();
        Assert.Equal(Enumerable.Range(0, left.Count).Select(i => Text(i, "first")), left);
        await MetricsLog.OpenAsync(blobs, "run", 100, Token);
        Assert.Equal(100, (await ReadAsync()).Count);
    }

    [Fact]
    public async Task Flush_StoreFails_NextFlushWritesAll()
    {
        var failing = new InterruptedBlobStore(blobs, 1);
        var log = await MetricsLog.OpenAsync(failing, "run", 0, Token);
        Fill(log, 0, 300, "first");
        await Assert.ThrowsAsync<KilledException>(() => log.FlushAsync(Token));
        Assert.Equal(256, (await ReadAsync()).Count);
        Fill(log, 300, 600, "first");

        failing.Recover();
        await log.FlushAsync(Token);

        Assert.Equal(Enumerable.Range(0, 600).Select(i => Text(i, "first")), await ReadAsync());
    }

    [Fact]
    public async Task Flush_StoreHasLostAChunkOfLately_WrittenAgainBeforeItIsLetGo()
    {
        var log = await MetricsLog.OpenAsync(blobs, "run", 0, Token);
        Fill(log, 0, 300, "first");
        await log.FlushAsync(Token);
        await blobs.DeleteAsync(BlobLayout.MetricsChunk("run", 0), null, Token);

        Fill(log, 300, 1100, "first");
        await log.FlushAsync(Token);

        Assert.Equal(Enumerable.Range(0, 1100).Select(i => Text(i, "first")), await ReadAsync());
    }

    [Fact]
    public async Task Settle_StoreHasLostWhatItAcknowledged_WritesItAgain()
    {
        var log = await MetricsLog.OpenAsync(blobs, "run", 0, Token);
        Fill(log, 0, 700, "first");
        await log.FlushAsync(Token);
        var names = await blobs.NamesAsync("runs/run/");
        await blobs.DeleteAsync(BlobLayout.MetricsChunk("run", 256), null, Token);
        await blobs.PutAsync(BlobLayout.MetricsChunk("run", 512), Text(512, "first") + "\n"); // as it was before
        await blobs.DeleteAsync(BlobLayout.MetricsLevel("run", 16, 0), null, Token);

        await log.SettleAsync(Token);

        Assert.Equal(Enumerable.Range(0, 700).Select(i => Text(i, "first")), await ReadAsync());
        Assert.Contains(BlobLayout.MetricsLevel("run", 16, 0), names);
        Assert.Equal(names, await blobs.NamesAsync("runs/run/"));
    }

    [Theory]
    [InlineData("{\"loss\": 1}")]
    [InlineData("{\"iteration\": 8}")]
    [InlineData("{\"iteration\": \"7\"}")]
    [InlineData("{\"a\": {\"iteration\": 7}}")]
    [InlineData("{\"iteration\":\n 7}")]
    [InlineData("{\"iteration\": 7")]
    [InlineData("{\"iteration\": 7} {}")]
    [InlineData("[7]")]
    [InlineData("")]
    public async Task Append_NoRecordOfThatIteration_IsRefused(string json)
    {
        var log = await MetricsLog.OpenAsync(blobs, "run", 0, Token);
        Assert.Throws<ArgumentException>(() => log.Append(7, Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public async Task Append_IterationNotAboveTheLast_IsRefused()
    {
        var log = await MetricsLog.OpenAsync(blobs, "run", 5, Token);
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Append(4, Line(4)));
        log.Append(5, Line(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Append(5, Line(5)));
    }

    [Fact]
    public async Task Read_DamagedChunk_NamesBlobAndLine()
    {
        await blobs.PutAsync(BlobLayout.MetricsChunk("run", 0), "{\"iteration\": 0}\nrubbish\n");
        var e = await Assert.ThrowsAsync<StorageException>(async () => await ReadAsync());
        Assert.Contains("Line 2", e.Message);
        Assert.Contains("runs/run/metrics/0000000000.jsonl", e.Message);
    }

    private static string Text(int iteration, string by = "run") => $$"""{"iteration": {{iteration}}, "loss": {{iteration * 0.5}}, "by": "{{by}}"}""";

    private static byte[] Line(int iteration, string by = "run") => Encoding.UTF8.GetBytes(Text(iteration, by));

    private static void Fill(MetricsLog log, int from, int to, string by)
    {
        for (var i = from; i < to; i++)
        {
            log.Append(i, Line(i, by));
        }
    }

    private async Task<List<string>> ReadAsync(long after = -1) =>
        await MetricsReader.ReadAsync(blobs, "run", after, Token).Select(r => Encoding.UTF8.GetString(r.Json)).ToListAsync(Token);
}
