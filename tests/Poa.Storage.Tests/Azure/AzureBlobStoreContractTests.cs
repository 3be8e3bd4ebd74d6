using Azure.Storage.Blobs;
using Poa.Testing;

namespace Poa.Storage.Tests;

public sealed class AzureBlobStoreContractTests(AzuriteServer azurite) : BlobStoreContract, IAsyncLifetime
{
    /// <summary>Blocks of 1 MB, so that the contract's sizes stand for one request and for several blocks.</summary>
    protected override IBlobStore Store { get; } =
        new AzureBlobStore(new BlobContainerClient(azurite.ConnectionString, azurite.NewContainer(), AzureBlobStore.ClientOptions()), 1_000_000);

    public async ValueTask InitializeAsync() => await azurite.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
