using Microsoft.Extensions.Time.Testing;

namespace Poa.Storage.Tests;

public sealed class LocalBlobStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Upload_Blob_IsThePlainFileOfItsName()
    {
        await new LocalBlobStore(folder.Path).PutAsync("runs/a/x.json", "content");
        Assert.Equal("content", await File.ReadAllTextAsync(folder["runs/a/x.json"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Find_FileChangedByHand_HashIsUnknownAndETagAnother()
    {
        var store = new LocalBlobStore(folder.Path);
        var before = await store.PutAsync("x", "content");
        await File.WriteAllTextAsync(folder["x"], "CONTENT", TestContext.Current.CancellationToken);

        var after = await store.FindAsync("x", TestContext.Current.CancellationToken);

        Assert.Null(after!.Sha256);
        Assert.NotEqual(before.ETag, after.ETag);
    }

    [Fact]
    public async Task Upload_ManyWithinOneTickOfTheClock_EachHasAnETagOfItsOwn()
    {
        var store = new LocalBlobStore(folder.Path, new FakeTimeProvider());
        var etags = new HashSet<string>();
        for (byte i = 0; i < 20; i++)
        {
            etags.Add((await store.PutAsync("x", [i])).ETag);
        }

        Assert.Equal(20, etags.Count);
    }

    [Fact]
    public async Task Upload_NameThatIsAFolderOfOthers_IsRefused()
    {
        var store = new LocalBlobStore(folder.Path);
        await store.PutAsync("a/b", "x");

        var e = await Assert.ThrowsAsync<StorageException>(() => store.PutAsync("a", "x"));
        Assert.Contains("a is the folder of other blobs", e.Message);
        await Assert.ThrowsAsync<StorageException>(() => store.PutAsync("a/b/c", "x"));
        Assert.Equal(["a/b"], await store.NamesAsync());
    }

    [Fact]
    public async Task Open_AfterAKilledWriter_SweepsItsTemporaryFileButNoLivingOne()
    {
        Directory.CreateDirectory(folder[".tmp"]);
        await File.WriteAllTextAsync(folder[".tmp/abandoned"], "half", TestContext.Current.CancellationToken);
        var store = new LocalBlobStore(folder.Path);
        Assert.False(File.Exists(folder[".tmp/abandoned"]));

        // In the midst of an upload another store opens the same folder.
        var source = new SourceStream(Bytes.Of(100), 100, () => _ = new LocalBlobStore(folder.Path));
        await store.UploadAsync("x", source, BlobWriteCondition.Overwrite, null, TestContext.Current.CancellationToken);
        Assert.Equal(Bytes.Of(100), await store.GetAsync("x"));
    }

    [Fact]
    public async Task Delete_LastBlobOfAFolder_LeavesNoFolderBehind()
    {
        var store = new LocalBlobStore(folder.Path);
        await store.PutAsync("a/b/c", "x");
        await store.DeleteAsync("a/b/c", null, TestContext.Current.CancellationToken);

        Assert.Equal([".lock"], folder.Files());
        Assert.False(Directory.Exists(folder["a"]));
    }

    [Fact]
    public void Open_PathUnderAFile_SaysSo()
    {
        File.WriteAllText(folder["file"], "");
        var e = Assert.Throws<StorageException>(() => new LocalBlobStore(folder["file/store"]));
        Assert.Contains(folder["file/store"], e.Message);
        Assert.NotNull(e.Remedy);
    }
}
