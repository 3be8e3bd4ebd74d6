namespace Poa.Storage.Tests;

public sealed class BlobStoreFactoryTests
{
    [Theory]
    [InlineData("")]
    [InlineData("folder:")]
    public void Open_Folder_IsALocalStore(string scheme)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(folder["blobs"], Assert.IsType<LocalBlobStore>(BlobStoreFactory.Open(scheme + folder["blobs"])).Folder);
    }

    [Fact]
    public void Open_ConnectionStringInTheOpen_IsRefusedWithoutRepeatingIt()
    {
        var e = Assert.Throws<StorageException>(() => BlobStoreFactory.Open("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0"));
        Assert.Contains(BlobStoreFactory.ConnectionVariable, e.Message);
        Assert.DoesNotContain("c2VjcmV0", e.ToString());
    }

    [Theory]
    [InlineData("azure:runs", null, BlobStoreFactory.ConnectionVariable)]
    [InlineData("azure:https://a.blob.core.windows.net/runs", null, BlobStoreFactory.SasVariable)]
    [InlineData("azure:runs", "Account a with key c2VjcmV0", "cannot be understood")]
    [InlineData("azure:RUNS", "UseDevelopmentStorage=true", "a-z, 0-9")]
    [InlineData("azure:ab", "UseDevelopmentStorage=true", "3 to 63")]
    [InlineData("azure:https://a.blob.core.windows.net/", "sig=c2VjcmV0", "CONTAINER")]
    [InlineData("azure:https://a.blob.core.windows.net/runs?sig=c2VjcmV0", "sig=c2VjcmV0", "without a signature")]
    public void Open_WrongSettings_SaysWhatToSet(string spec, string? secret, string hint)
    {
        var e = Assert.Throws<StorageException>(() => BlobStoreFactory.Open(spec, _ => secret));
        Assert.Equal(StorageFault.Configuration, e.Fault);
        Assert.Contains(hint, e.Message);
        Assert.DoesNotContain("c2VjcmV0", e.ToString());
    }
}
