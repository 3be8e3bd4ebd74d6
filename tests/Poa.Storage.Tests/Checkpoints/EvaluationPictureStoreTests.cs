namespace Poa.Storage.Tests;

public sealed class EvaluationPictureStoreTests : IDisposable
{
    private const string Folder = "runs/run/evaluations/0000000200/96x6/coco-0123456789abcdef/pictures/";
    private static readonly EvaluationStateKey Key = new("run", 200, "96x6", "coco-0123456789abcdef");
    private readonly TemporaryFolder folder = new();
    private readonly LocalBlobStore blobs;
    private readonly EvaluationPictureStore store;

    public EvaluationPictureStoreTests()
    {
        blobs = new(folder["blobs"]);
        store = new(blobs);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Publish_Picture_StandsUnderOwnerNumberAndHash()
    {
        var file = await PublishAsync("sweep-1", 1, 7);
        await PublishAsync("sweep-1", 1, 7);

        var hash = Bytes.Sha256(Bytes.Of(7));
        Assert.Equal(new ArtifactFile($"sweep-1.01.{hash[..12]}.jpg", Bytes.Of(7).Length, hash), file);
        Assert.Equal([Folder + file.Name], await blobs.NamesAsync());
        Assert.Equal(BlobLayout.EvaluationPictures(Key.Run, Key.Iteration, Key.SubNetwork, Key.Question) + file.Name, (await blobs.NamesAsync())[0]);
        Assert.Equal(Bytes.Of(7), await blobs.GetAsync(Folder + file.Name));
    }

    [Fact]
    public async Task Publish_OtherBytes_DoNotTakeThePlaceOfWhatAResultLists()
    {
        var first = await PublishAsync("sweep-1", 1, 7);
        var second = await PublishAsync("sweep-1", 1, 8);

        Assert.NotEqual(first.Name, second.Name);
        Assert.Equal(2, (await blobs.NamesAsync()).Count);
    }

    [Fact]
    public async Task Publish_OverADamagedOne_MendsIt()
    {
        var file = await PublishAsync("sweep-1", 1, 7);
        await blobs.PutAsync(Folder + file.Name, [1]);

        await PublishAsync("sweep-1", 1, 7);

        Assert.Equal(file.Sha256, (await blobs.FindAsync(Folder + file.Name, Token))!.Sha256);
    }

    [Fact]
    public async Task RemoveOthers_LeavesTheOwnersPicturesAndOtherEvaluationsAndCheckpoints()
    {
        await PublishAsync("sweep-1", 1, 1);
        await PublishAsync("sweep-12", 1, 2);
        var own = await PublishAsync("sweep-12", 2, 3);
        await store.PublishAsync(Key with { SubNetwork = "96x7" }, "sweep-1", 1, "jpg", Bytes.Of(4), Token);
        await new EvaluationStateStore(blobs).PublishAsync(Key, 10, [ArtifactContent.FromBytes("weights", Bytes.Of(5))], "sweep-1", "0.1.0", Token);

        await store.RemoveOthersAsync(Key, "sweep-12", Token);
        await store.RemoveOthersAsync(Key, "sweep-12", Token);

        var names = await blobs.NamesAsync();
        Assert.Equal(5, names.Count);
        Assert.DoesNotContain(names, name => name.StartsWith($"{Folder}sweep-1.", StringComparison.Ordinal));
        Assert.Contains(Folder + own.Name, names);
    }

    [Fact]
    public async Task Remove_LeavesThePicturesOfOthers()
    {
        var other = await PublishAsync("sweep-1", 1, 1);
        await PublishAsync("sweep-2", 1, 2);

        await store.RemoveAsync(Key, "sweep-2", Token);
        await store.RemoveAsync(Key, "sweep-2", Token);

        Assert.Equal([Folder + other.Name], await blobs.NamesAsync());
    }

    [Fact]
    public async Task Delete_OfTheCheckpoints_LeavesThePictures()
    {
        var file = await PublishAsync("sweep-1", 1, 1);
        var states = new EvaluationStateStore(blobs);
        await states.PublishAsync(Key, 10, [ArtifactContent.FromBytes("weights", Bytes.Of(5))], "sweep-1", "0.1.0", Token);

        await states.DeleteAsync(Key, Token);

        Assert.Equal([Folder + file.Name], await blobs.NamesAsync());
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a/b")]
    public async Task Publish_OwnerThatIsNoId_IsRefused(string owner) =>
        await Assert.ThrowsAsync<ArgumentException>(() => PublishAsync(owner, 1, 1));

    private Task<ArtifactFile> PublishAsync(string owner, int number, int content) => store.PublishAsync(Key, owner, number, "jpg", Bytes.Of(content), Token);
}
