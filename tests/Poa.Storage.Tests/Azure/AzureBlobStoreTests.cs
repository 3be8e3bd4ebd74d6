using Azure.Storage.Blobs;
using Poa.Testing;

namespace Poa.Storage.Tests;

public sealed class AzureBlobStoreTests(AzuriteServer azurite) : IAsyncLifetime
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await azurite.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Factory_ConnectionStringFromEnvironment_OpensTheContainer()
    {
        var container = azurite.NewContainer();
        var store = BlobStoreFactory.Open($"azure:{container}", name => name == BlobStoreFactory.ConnectionVariable ? azurite.ConnectionString : null);
        await store.PutAsync("x", "content");

        Assert.Equal("content"u8.ToArray(), await store.GetAsync("x"));
        Assert.Contains(container, store.Description);
        Assert.DoesNotContain("Key", store.Description);
    }

    [Fact]
    public async Task Factory_UrlWithSignature_OpensTheContainer()
    {
        var container = new BlobContainerClient(azurite.ConnectionString, azurite.NewContainer(), AzureBlobStore.ClientOptions());
        await container.CreateAsync(cancellationToken: Token);
        var signed = container.GenerateSasUri(global::Azure.Storage.Sas.BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(1));
        var store = BlobStoreFactory.Open($"azure:{container.Uri}", name => name == BlobStoreFactory.SasVariable ? signed.Query : null);

        await store.PutAsync("x", "content");

        Assert.Equal("content"u8.ToArray(), await store.GetAsync("x"));
        Assert.DoesNotContain("sig=", store.Description);
    }

    [Fact]
    public async Task Upload_WrongKey_SaysAccessDeniedWithoutTheKey()
    {
        var wrong = Convert.ToBase64String(Bytes.Of(64));
        var connection = string.Join(';', azurite.ConnectionString.Split(';').Select(p => p.StartsWith("AccountKey", StringComparison.Ordinal) ? $"AccountKey={wrong}" : p));
        var e = await Assert.ThrowsAsync<StorageException>(() => AzureBlobStore.FromConnectionString(connection, azurite.NewContainer()).PutAsync("x", "y"));

        Assert.Equal(StorageFault.AccessDenied, e.Fault);
        Assert.DoesNotContain(wrong, e.ToString());
    }

    [Fact]
    public async Task Upload_NobodyListens_SaysUnavailable()
    {
        var options = AzureBlobStore.ClientOptions();
        options.Retry.MaxRetries = 0;
        var e = await Assert.ThrowsAsync<StorageException>(() =>
            new AzureBlobStore(new BlobContainerClient(azurite.ConnectionString.Replace(new UriBuilder(new BlobContainerClient(azurite.ConnectionString, "abc").Uri).Port.ToString(), "1"), "abc", options)).PutAsync("x", "y"));
        Assert.Equal(StorageFault.Unavailable, e.Fault);
        Assert.Contains("Check the network", e.Message);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(350_000)]
    public async Task Upload_ContainerDeletedMeanwhile_MakesItAgain(int size)
    {
        var container = new BlobContainerClient(azurite.ConnectionString, azurite.NewContainer(), AzureBlobStore.ClientOptions());
        var store = new AzureBlobStore(container, 100_000);
        await store.PutAsync("x", "y");
        await container.DeleteAsync(cancellationToken: Token);

        await store.PutAsync("z", Bytes.Of(size));

        Assert.Equal(["z"], await store.NamesAsync());
        Assert.Equal(Bytes.Of(size), await store.GetAsync("z"));
    }

    [Fact]
    public async Task Upload_TwoLargeOnesOfOneNameAtOnce_LeaveOneOfThemWhole()
    {
        var store = new AzureBlobStore(new BlobContainerClient(azurite.ConnectionString, azurite.NewContainer(), AzureBlobStore.ClientOptions()), 100_000);
        byte[][] contents = [Bytes.Of(2_000_000, 1), Bytes.Of(2_000_000, 2)];
        var outcomes = await Task.WhenAll(contents.Select(async bytes =>
        {
            try
            {
                await store.PutAsync("x", bytes);
                return true;
            }
            catch (StorageException e) when (e.Fault == StorageFault.Unavailable)
            {
                return false; // The other's commit discarded this one's blocks; it was told so.
            }
        }));

        Assert.Contains(true, outcomes);
        var stored = await store.GetAsync("x");
        Assert.Contains(contents, bytes => bytes.SequenceEqual(stored));
    }
}
