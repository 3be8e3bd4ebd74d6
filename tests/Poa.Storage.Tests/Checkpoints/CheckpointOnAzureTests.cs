using Poa.Testing;

namespace Poa.Storage.Tests;

/// <summary>The checkpoint format on a real Azurite, and what is left when Azurite is killed right after it acknowledged.</summary>
public sealed class CheckpointOnAzureTests(AzuriteServer shared) : IAsyncDisposable
{
    private readonly AzuriteServer killed = new();
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        folder.Dispose();
        await killed.DisposeAsync();
    }

    [Fact]
    public async Task PublishAndOpen_OnAzurite_Work()
    {
        await shared.StartAsync();
        var store = new CheckpointStore(AzureBlobStore.FromConnectionString(shared.ConnectionString, shared.NewContainer()));
        await store.PublishAsync(100, 1);
        await store.PublishAsync(100, 1);
        await Assert.ThrowsAsync<CheckpointConflictException>(() => store.PublishAsync(100, 2));
        await store.PublishAsync(200, 2);

        var opened = await store.OpenLatestAsync("run", folder["out"], cancellationToken: Token);

        Assert.Equal(200, opened!.Manifest.Iteration);
        Assert.Equal([100], await store.ApplyRetentionAsync("run", new(1), new HashSet<long>(), cancellationToken: Token));
        Assert.Equal([200], await store.IterationsAsync());
    }

    [Fact]
    public async Task Publish_AzuriteKilledRightAfter_VerifyTellsAndPublishingAgainHeals()
    {
        await killed.StartAsync();
        var store = new CheckpointStore(AzureBlobStore.FromConnectionString(killed.ConnectionString, killed.NewContainer()));
        var manifest = await store.PublishAsync(100, 1);
        await killed.KillAsync();
        await killed.StartAsync();

        // Whether blobs were lost depends on the moment; either way no checkpoint is half there unnoticed, and the same call heals it.
        var damages = await store.VerifyAsync(manifest, Token);
        if (await store.FindAsync("run", 100, Token) is not null && damages.Count == 0)
        {
            await store.DownloadAsync(manifest, folder["before"], null, Token);
        }

        var again = await store.PublishAsync(100, 1);

        Assert.Equal(manifest.ContentHash(), again.ContentHash());
        Assert.Empty(await store.VerifyAsync(again, Token));
    }
}
