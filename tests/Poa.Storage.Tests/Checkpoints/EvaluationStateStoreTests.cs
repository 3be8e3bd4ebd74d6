namespace Poa.Storage.Tests;

public sealed class EvaluationStateStoreTests : IDisposable
{
    private static readonly EvaluationStateKey Key = new("run", 200, "96x6", "coco-0123456789abcdef");
    private readonly TemporaryFolder folder = new();
    private readonly LocalBlobStore blobs;
    private readonly EvaluationStateStore store;

    public EvaluationStateStoreTests() => (blobs, store) = (new(folder["blobs"]), new(new LocalBlobStore(folder["blobs"])));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Publish_NextStep_TakesThePlaceOfTheOneBefore()
    {
        await PublishAsync(10);
        await PublishAsync(20);
        await PublishAsync(20);

        Assert.Equal(
            ["runs/run/evaluations/0000000200/96x6/coco-0123456789abcdef/0000000020/manifest.json", "runs/run/evaluations/0000000200/96x6/coco-0123456789abcdef/0000000020/weights"],
            await blobs.NamesAsync());
        var manifest = (await store.OpenLatestAsync(Key, folder["out"], cancellationToken: Token))!;
        Assert.Equal((20L, "sweep-1", Key), (manifest.Step, manifest.Owner, manifest.Evaluation));
        Assert.Equal(Bytes.Of(20), await File.ReadAllBytesAsync(folder["out/weights"], Token));
    }

    [Fact]
    public async Task Open_NewestDamagedOrUnwanted_GivesTheOneBefore()
    {
        await PublishAsync(10);
        // Two stand side by side after a kill between publication and the removal of the older one.
        var interrupted = new EvaluationStateStore(new InterruptedBlobStore(blobs, changes: 2));
        await Assert.ThrowsAsync<KilledException>(() => interrupted.PublishAsync(Key, 20, Files(20), "sweep-2", "0.1.0", Token));

        Assert.Equal(10, (await store.OpenLatestAsync(Key, folder["a"], manifest => manifest.Owner == "sweep-1", cancellationToken: Token))!.Step);
        await File.WriteAllBytesAsync(folder["blobs/runs/run/evaluations/0000000200/96x6/coco-0123456789abcdef/0000000020/weights"], [1], Token);
        var damages = new List<ArtifactDamage>();
        Assert.Equal(10, (await store.OpenLatestAsync(Key, folder["b"], null, damages.Add, Token))!.Step);
        Assert.EndsWith("0000000020/weights", Assert.Single(damages).Blob, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Publish_KilledAtAnyChange_LeavesAWholeCheckpoint(int changes)
    {
        await PublishAsync(10);
        var interrupted = new EvaluationStateStore(new InterruptedBlobStore(blobs, changes));

        await Assert.ThrowsAsync<KilledException>(() => interrupted.PublishAsync(Key, 20, Files(20), "sweep-1", "0.1.0", Token));

        var manifest = (await store.OpenLatestAsync(Key, folder["out"], cancellationToken: Token))!;
        Assert.Equal(Bytes.Of((int)manifest.Step), await File.ReadAllBytesAsync(folder["out/weights"], Token));
        await PublishAsync(30);
        Assert.Equal(2, (await blobs.NamesAsync()).Count);
    }

    [Fact]
    public async Task Delete_RemovesThisEvaluationOnly()
    {
        await PublishAsync(10);
        await store.PublishAsync(Key with { SubNetwork = "96x7" }, 10, Files(10), "sweep-1", "0.1.0", Token);

        await store.DeleteAsync(Key, Token);
        await store.DeleteAsync(Key, Token);

        Assert.Null(await store.OpenLatestAsync(Key, folder["out"], cancellationToken: Token));
        Assert.All(await blobs.NamesAsync(), name => Assert.Contains("/96x7/", name, StringComparison.Ordinal));
    }

    private static ArtifactContent[] Files(int step) => [ArtifactContent.FromBytes("weights", Bytes.Of(step))];

    private Task PublishAsync(int step) => store.PublishAsync(Key, step, Files(step), "sweep-1", "0.1.0", Token);
}
