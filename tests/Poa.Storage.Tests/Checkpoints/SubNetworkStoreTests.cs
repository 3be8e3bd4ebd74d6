namespace Poa.Storage.Tests;

public sealed class SubNetworkStoreTests : IDisposable
{
    private static readonly SubNetworkDescription Description = new() { CheckpointHash = "c0de", SoftwareVersion = "0.1.0" };
    private readonly TemporaryFolder folder = new();
    private readonly LocalBlobStore blobs;
    private readonly SubNetworkStore store;

    public SubNetworkStoreTests() => (blobs, store) = (new(folder["blobs"]), new(new LocalBlobStore(folder["blobs"])));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Publish_SubNetwork_CanBeFoundListedAndDownloaded()
    {
        foreach (var (iteration, name) in new[] { (200, "96x6"), (100, "96x6"), (100, "192x12") })
        {
            await store.PublishAsync("run", iteration, name, [ArtifactContent.FromBytes("model.safetensors", Bytes.Of(iteration))], Description, cancellationToken: Token);
        }

        Assert.Equal(
            [(100, "192x12"), (100, "96x6"), (200, "96x6")],
            await store.ListAsync("run", null, Token).Select(m => (m.Iteration, m.SubNetwork)).ToListAsync(Token));
        Assert.Null(await store.FindAsync("run", 200, "192x12", Token));
        var manifest = (await store.FindAsync("run", 200, "96x6", Token))!;
        Assert.Empty(await store.VerifyAsync(manifest, Token));
        await store.DownloadAsync(manifest, folder["out"], null, Token);
        Assert.Equal(Bytes.Of(200), await File.ReadAllBytesAsync(folder["out/model.safetensors"], Token));
        Assert.Contains("runs/run/subnetworks/0000000200/96x6/manifest.json", await blobs.NamesAsync());
    }

    [Fact]
    public async Task Publish_FromAnotherCheckpoint_IsAConflict()
    {
        ArtifactContent[] files = [ArtifactContent.FromBytes("model.safetensors", Bytes.Of(10))];
        await store.PublishAsync("run", 1, "96x6", files, Description, cancellationToken: Token);
        await store.PublishAsync("run", 1, "96x6", files, Description with { SoftwareVersion = "0.2.0" }, cancellationToken: Token);

        var e = await Assert.ThrowsAsync<CheckpointConflictException>(
            () => store.PublishAsync("run", 1, "96x6", files, Description with { CheckpointHash = "beef" }, cancellationToken: Token));
        Assert.Contains("beef", e.Message);
    }
}
