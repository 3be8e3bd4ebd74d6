namespace Poa.Storage.Tests;

public sealed class PublishedWeightStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LocalBlobStore blobs;
    private readonly PublishedWeightStore store;

    public PublishedWeightStoreTests()
    {
        blobs = new(folder["blobs"]);
        store = new(blobs);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Upload_SameFileTwice_StandsOnceUnderItsHashAndComesBack()
    {
        var hash = await store.UploadAsync(new MemoryStream(Bytes.Of(7)), Token);
        Assert.Equal(hash, await store.UploadAsync(new MemoryStream(Bytes.Of(7)), Token));

        Assert.Equal(Bytes.Sha256(Bytes.Of(7)), hash);
        Assert.Equal([$"weights/{hash}.safetensors"], await blobs.NamesAsync());
        Assert.True(await store.ContainsAsync(hash, Token));
        await store.DownloadAsync(hash, folder["file"], Token);
        Assert.Equal(Bytes.Of(7), await File.ReadAllBytesAsync(folder["file"], Token));
    }

    [Fact]
    public async Task Download_MissingOrDamaged_SaysSoAndThatUploadingMends()
    {
        var hash = Bytes.Sha256(Bytes.Of(7));
        Assert.False(await store.ContainsAsync(hash, Token));
        var missing = await Assert.ThrowsAsync<StorageException>(() => store.DownloadAsync(hash, folder["file"], Token));
        Assert.Equal((StorageFault.NotFound, true), (missing.Fault, missing.Message.Contains("poa weights upload", StringComparison.Ordinal)));

        await blobs.PutAsync(BlobLayout.PublishedWeights(hash), Bytes.Of(8));
        Assert.Equal(StorageFault.Damaged, (await Assert.ThrowsAsync<StorageException>(() => store.DownloadAsync(hash, folder["file"], Token))).Fault);

        await store.UploadAsync(new MemoryStream(Bytes.Of(7)), Token);
        await store.DownloadAsync(hash, folder["file"], Token);
    }
}
