namespace Poa.Storage.Tests;

public sealed class LocalBlobStoreContractTests : BlobStoreContract, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public LocalBlobStoreContractTests() => Store = new LocalBlobStore(folder.Path);

    protected override IBlobStore Store { get; }

    public void Dispose()
    {
        Assert.Empty(Directory.Exists(folder[".tmp"]) ? Directory.GetFiles(folder[".tmp"]) : []); // No test leaves a half-written file.
        folder.Dispose();
    }
}
