namespace Poa.Storage.Tests;

public sealed class FrozenTeacherStoreTests : IDisposable
{
    private static readonly FrozenTeacherOrigin Origin = new("other", 100, "96x6", "c0de");
    private readonly TemporaryFolder folder = new();
    private readonly LocalBlobStore blobs;
    private readonly FrozenTeacherStore store;

    public FrozenTeacherStoreTests() => (blobs, store) = (new(folder["blobs"]), new(new LocalBlobStore(folder["blobs"])));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Publish_Teacher_CanBeFoundAndDownloaded()
    {
        Assert.Null(await store.FindAsync("run", Token));

        await store.PublishAsync("run", Origin, [ArtifactContent.FromBytes("model.safetensors", Bytes.Of(10))], "0.1.0", Token);

        var manifest = (await store.FindAsync("run", Token))!;
        Assert.Equal(("run", Origin, "0.1.0"), (manifest.Run, manifest.Origin, manifest.SoftwareVersion));
        await store.DownloadAsync(manifest, folder["out"], Token);
        Assert.Equal(Bytes.Of(10), await File.ReadAllBytesAsync(folder["out/model.safetensors"], Token));
        Assert.Equal(["runs/run/frozen-teacher/manifest.json", "runs/run/frozen-teacher/model.safetensors"], (await blobs.NamesAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Publish_AnotherTeacher_IsAConflictAndTheFirstStays()
    {
        ArtifactContent[] files = [ArtifactContent.FromBytes("model.safetensors", Bytes.Of(10))];
        await store.PublishAsync("run", Origin, files, "0.1.0", Token);
        await store.PublishAsync("run", Origin, files, "0.2.0", Token);

        var e = await Assert.ThrowsAsync<CheckpointConflictException>(() => store.PublishAsync("run", Origin with { Iteration = 200 }, files, "0.1.0", Token));

        Assert.Contains("200", e.Message, StringComparison.Ordinal);
        Assert.Equal(Origin, (await store.FindAsync("run", Token))!.Origin);
    }
}
