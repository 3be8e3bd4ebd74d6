using System.Text;
using CsCheck;

namespace Poa.Storage.Tests;

public sealed class MetricsLevelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int stores;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Flush_CompleteChunks_AreSummedUpAsTheFormatSays()
    {
        var blobs = Store();
        var log = await MetricsLog.OpenAsync(blobs, "run", 0, Token);
        for (var i = 0; i < 256; i++)
        {
            var second = i % 16 is 0 ? "\"NaN\"" : i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var third = i < 16 ? "" : $",\"late\":{i}";
            log.Append(i, Encoding.UTF8.GetBytes($$"""{"iteration":{{i}},"subNetwork":"{{(i % 4 == 0 ? "48x2" : "96x5")}}","values":{"images":64,"norm":{{second}}{{third}}},"note":"{}"}"""));
        }

        await log.FlushAsync(Token);

        Assert.Equal(["runs/run/metrics-levels/16/0000000000.jsonl", "runs/run/metrics-levels/256/0000000000.jsonl"], await blobs.NamesAsync("runs/run/metrics-levels/"));
        var sixteen = Encoding.UTF8.GetString(await blobs.GetAsync("runs/run/metrics-levels/16/0000000000.jsonl")).Split('\n');
        Assert.Equal(17, sixteen.Length); // the last line has its end, too
        Assert.Equal("""{"first":0,"count":16,"values":{"images":[64],"norm":[8,1,15,15,1]},"subNetworks":{"48x2":4,"96x5":12}}""", sixteen[0]);
        Assert.Equal("""{"first":16,"count":16,"values":{"images":[64],"norm":[24,17,31,15,1],"late":[23.5,16,31]},"subNetworks":{"48x2":4,"96x5":12}}""", sixteen[1]);
        var whole = Encoding.UTF8.GetString(await blobs.GetAsync("runs/run/metrics-levels/256/0000000000.jsonl"));
        Assert.StartsWith("""{"first":0,"count":256,"values":{"images":[64],"norm":[12""", whole, StringComparison.Ordinal);
        Assert.EndsWith(""",16,255,240,0]},"subNetworks":{"48x2":64,"96x5":192}}""" + "\n", whole, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flush_ChunkNotComplete_LeavesTheLevelsAlone()
    {
        var blobs = await Store().WriteAsync(255, Token);

        Assert.Empty(await blobs.NamesAsync("runs/run/metrics-levels/"));
    }

    /// <summary>
    /// A run is killed between any two changes of the store, flushing or opening, and resumes at any iteration whose records last, with
    /// other records than before: the levels are, byte for byte, those of a run that wrote the records at one go.
    /// </summary>
    [Fact]
    public async Task Open_KilledAtAnyMoment_EndsWithTheLevelsOfAnUnbrokenRun() =>
        await Gen.Select(Gen.Int[0, 9500], Gen.Int[0, 40], Gen.Int[0, 12], Gen.Int[0, 9500], Gen.Int[1, 900]).SampleAsync(
            async (steps, killFlush, killOpen, resumeAt, further) =>
            {
                var blobs = Store();
                var flushing = new InterruptedBlobStore(blobs, killFlush);
                var log = await MetricsLog.OpenAsync(flushing, "run", 0, Token);
                await IgnoreKillAsync(async () =>
                {
                    for (var i = 0; i < steps; i += 700)
                    {
                        log.Fill(i, Math.Min(i + 700, steps));
                        await log.FlushAsync(Token);
                    }
                });
                var lasting = await MetricsReader.ReadAsync(blobs, "run", -1, Token).CountAsync(Token);
                var resume = Math.Min(resumeAt, lasting);
                await IgnoreKillAsync(() => MetricsLog.OpenAsync(new InterruptedBlobStore(blobs, killOpen), "run", resume, Token));

                log = await MetricsLog.OpenAsync(blobs, "run", resume, Token);
                log.Fill(resume, resume + further, course: 1);
                await log.FlushAsync(Token);

                var unbroken = Store();
                var other = await MetricsLog.OpenAsync(unbroken, "run", 0, Token);
                other.Fill(0, resume);
                other.Fill(resume, resume + further, course: 1);
                await other.FlushAsync(Token);
                Assert.Equal(await unbroken.LevelsAsync(), await blobs.LevelsAsync());
            }, iter: 30, threads: 1);

    [Fact]
    public async Task Open_LogWithoutLevels_MakesThem()
    {
        var blobs = await Store().WriteAsync(70_000, Token);
        var before = await blobs.LevelsAsync();
        foreach (var name in await blobs.NamesAsync("runs/run/metrics-levels/"))
        {
            await blobs.DeleteAsync(name, null, Token);
        }

        await (await MetricsLog.OpenAsync(blobs, "run", 70_000, Token)).FlushAsync(Token);

        Assert.Equal(before, await blobs.LevelsAsync());
    }

    [Theory]
    [InlineData("16/0000004096", "{\"first\":3")]
    [InlineData("256/0000000000", "rubbish\n")]
    public async Task Open_DamageWhereItGoesOn_IsMadeGood(string level, string damage)
    {
        var blobs = await Store().WriteAsync(6000, Token);
        var before = await blobs.LevelsAsync();
        var name = $"runs/run/metrics-levels/{level}.jsonl";
        var good = Encoding.UTF8.GetString(await blobs.GetAsync(name));
        await blobs.PutAsync(name, good[..(good.Length / 2)] + damage);

        await (await MetricsLog.OpenAsync(blobs, "run", 6000, Token)).FlushAsync(Token);

        Assert.Equal(before, await blobs.LevelsAsync());
    }

    private static async Task IgnoreKillAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (KilledException)
        {
            // The process is gone.
        }
    }

    private LocalBlobStore Store() => new(Path.Combine(folder.Path, $"{stores++}"));
}
