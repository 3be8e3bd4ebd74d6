using Microsoft.Extensions.Time.Testing;

namespace Poa.Storage.Tests;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2030-01-01T00:00:00Z"));
    private readonly LocalBlobStore blobs;
    private readonly CheckpointStore store;

    public CheckpointStoreTests() => (blobs, store) = (new(folder["blobs"], clock), new(new LocalBlobStore(folder["blobs"], clock), clock));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Publish_Folder_CanBeFoundListedAndDownloaded()
    {
        Directory.CreateDirectory(folder["in"]);
        await File.WriteAllBytesAsync(folder["in/teacher.safetensors"], Bytes.Of(2_000_000), Token);
        await File.WriteAllTextAsync(folder["in/session.json"], "{}", Token);

        var published = await store.PublishAsync("run", 200, folder["in"], CheckpointSamples.Description, cancellationToken: Token);

        var found = await store.FindAsync("run", 200, Token);
        Assert.Equivalent(published, found, strict: true);
        Assert.Equal(
            (1, "run", 200L, 100L, "0.1.0", "2", clock.GetUtcNow(), CheckpointSamples.Description.Configuration),
            (found!.FormatVersion, found.Run, found.Iteration, found.Parent, found.SoftwareVersion, found.Properties["threads"], found.CreatedAt, found.Configuration));
        Assert.Equal(["session.json", "teacher.safetensors"], found.Files.Select(f => f.Name));
        Assert.Equal([200], (await store.ListAsync("run", null, Token)).Select(m => m.Iteration));
        Assert.Contains("runs/run/checkpoints/0000000200/manifest.json", await blobs.NamesAsync());

        await store.DownloadAsync(found, folder["out"], null, Token);
        Assert.Equal(Bytes.Of(2_000_000), await File.ReadAllBytesAsync(folder["out/teacher.safetensors"], Token));
        Assert.Equal(["session.json", "teacher.safetensors"], Directory.GetFiles(folder["out"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Publish_SameTwice_IsOneCheckpoint()
    {
        var first = await store.PublishAsync(5, 1);
        clock.Advance(TimeSpan.FromHours(1));
        var second = await store.PublishAsync(5, 1);

        Assert.Equal(first.CreatedAt, second.CreatedAt);
        Assert.Equal([5], await store.IterationsAsync());
    }

    [Fact]
    public async Task Publish_OtherContent_FailsAndNamesTheDifferenceOrReplaces()
    {
        await store.PublishAsync(5, 1);

        var e = await Assert.ThrowsAsync<CheckpointConflictException>(() => store.PublishAsync(5, 2));
        Assert.Contains("session.json", e.Message);
        var other = CheckpointSamples.Description with { Configuration = new("f00d", "x") };
        e = await Assert.ThrowsAsync<CheckpointConflictException>(() => store.PublishAsync("run", 5, CheckpointSamples.Files(1), other, cancellationToken: Token));
        Assert.Contains("f00d", e.Message);

        var replaced = await store.PublishAsync(5, 2, PublishConflict.Replace);
        Assert.Equal(replaced.ContentHash(), (await store.FindAsync("run", 5, Token))!.ContentHash());
        Assert.Empty(await store.VerifyAsync(replaced, Token));
    }

    /// <summary>The process dies after any number of changes: then there is no checkpoint, or a whole one, and publishing again works.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publish_KilledAtAnyStep_IsWholeOrAbsentAndCanBeRepeated(bool replacing)
    {
        for (var steps = 0; ; steps++)
        {
            var inner = new LocalBlobStore(folder[$"kill{steps}"]);
            var plain = new CheckpointStore(inner);
            if (replacing)
            {
                await plain.PublishAsync(5, 1);
            }

            var killed = false;
            try
            {
                await new CheckpointStore(new InterruptedBlobStore(inner, steps)).PublishAsync(5, 2, PublishConflict.Replace);
            }
            catch (KilledException)
            {
                killed = true;
            }

            if (await plain.FindAsync("run", 5, Token) is { } manifest)
            {
                Assert.Empty(await plain.VerifyAsync(manifest, Token));
            }

            var again = await plain.PublishAsync(5, 2, PublishConflict.Replace);
            Assert.Empty(await plain.VerifyAsync(again, Token));
            Assert.Equal(again.Files.Count + 1, (await inner.NamesAsync()).Count); // Nothing of the interrupted one is left over.
            if (!killed)
            {
                Assert.Equal(replacing ? 5 : 4, steps);
                return;
            }
        }
    }

    [Fact]
    public async Task Publish_OverAnInterruptedOneWithOtherFiles_RemovesWhatIsNotListed()
    {
        await blobs.PutAsync("runs/run/checkpoints/0000000005/stray.bin", "x");
        await blobs.PutAsync("runs/run/checkpoints/0000000005/session.json", "half of something");

        var manifest = await store.PublishAsync(5, 1);

        Assert.Empty(await store.VerifyAsync(manifest, Token));
        Assert.DoesNotContain("runs/run/checkpoints/0000000005/stray.bin", await blobs.NamesAsync());
    }

    [Fact]
    public async Task Publish_BadArguments_AreNamed()
    {
        ArtifactContent[] Twice(string name) => [ArtifactContent.FromBytes(name, default), ArtifactContent.FromBytes(name, default)];
        foreach (var files in new ArtifactContent[][] { [], Twice("a"), Twice("manifest.json")[..1], Twice("a/b")[..1], Twice("..")[..1] })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => store.PublishAsync("run", 1, files, CheckpointSamples.Description, cancellationToken: Token));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => store.PublishAsync("a/b", 1, Twice("a")[..1], CheckpointSamples.Description, cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.PublishAsync("run", -1, Twice("a")[..1], CheckpointSamples.Description, cancellationToken: Token));
        Assert.Empty(await blobs.NamesAsync());
    }

    [Fact]
    public async Task Retention_Superfluous_GoAndTheRestStaysWhole()
    {
        for (var i = 0; i <= 120; i += 10)
        {
            await store.PublishAsync(i, i);
        }

        var deleted = await store.ApplyRetentionAsync("run", new(2, 50), new HashSet<long> { 70 }, cancellationToken: Token);

        Assert.Equal([10, 20, 30, 40, 60, 80, 90], deleted);
        Assert.Equal([0, 50, 70, 100, 110, 120], await store.IterationsAsync());
        foreach (var manifest in await store.ListAsync("run", null, Token))
        {
            Assert.Empty(await store.VerifyAsync(manifest, Token));
        }

        Assert.Equal(6 * 4, (await blobs.NamesAsync()).Count);
    }

    [Fact]
    public void Retention_CheckpointsAfterTheNewest_DoNotCountAndGoUnlessInUse() =>
        Assert.Equal([10, 40, 60], new CheckpointRetention(2).Superfluous([0, 10, 20, 30, 40, 50, 60], new HashSet<long> { 50 }, newest: 30));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    public async Task Retention_KilledAtAnyStep_LeavesOrphansThatASweepRemovesInTime(int steps, int orphans)
    {
        await store.PublishAsync(10, 1);
        await store.PublishAsync(20, 2);
        var interrupted = new CheckpointStore(new InterruptedBlobStore(blobs, steps));
        await Assert.ThrowsAsync<KilledException>(() => interrupted.ApplyRetentionAsync("run", new(1), new HashSet<long>(), cancellationToken: Token));
        Assert.Equal(steps == 0 ? [10, 20] : [20], await store.IterationsAsync());

        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Empty(await store.SweepOrphansAsync("run", TimeSpan.FromHours(1), Token)); // Could be a publication under way.
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(orphans, (await store.SweepOrphansAsync("run", TimeSpan.FromHours(1), Token)).Count);
        Assert.Equal(steps == 0 ? 8 : 4, (await blobs.NamesAsync()).Count);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 0L)]
    public void Retention_KeepingNothing_IsRefused(int last, long? every) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CheckpointRetention(last, every).Superfluous([1, 2], new HashSet<long>()));
}
