using System.Diagnostics;

namespace Poa.Storage.Tests;

public sealed class LocalBlobStoreKillTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A child overwrites a blob for ever and is killed at twelve moments, spread over the time that one write takes.</summary>
    [Fact]
    public async Task Kill_AtAnyMomentOfAnUpload_LeavesAWholeBlobAndNoWrongHash()
    {
        var token = TestContext.Current.CancellationToken;
        var half = 0;
        for (var round = 0; round < 12; round++)
        {
            using var child = ChildProgram.Start(null, "overwrite", folder.Path);
            var lastAcknowledged = await child.StandardOutput.ReadLineAsync(token);
            var wait = Stopwatch.StartNew();
            SpinWait.SpinUntil(() => wait.Elapsed.TotalMilliseconds > round * 1.7); // Shorter than a timer can wait.
            child.Kill();
            lastAcknowledged = (await child.StandardOutput.ReadToEndAsync(token)).Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(lastAcknowledged!);
            await child.WaitForExitAsync(token);
            half += Directory.GetFiles(folder[".tmp"]).Length;

            var store = new LocalBlobStore(folder.Path);

            var bytes = await store.GetAsync("a/blob");
            Assert.Equal(ChildProgram.BlobSize, bytes.Length);
            Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept(bytes[0]));
            Assert.InRange(bytes[0], byte.Parse(lastAcknowledged!), byte.Parse(lastAcknowledged!) + 1); // What was acknowledged is there.
            var found = (await store.FindAsync("a/blob", token))!;
            Assert.True(found.Sha256 is null || found.Sha256 == Bytes.Sha256(bytes), "A hash is stated that is not the content's.");
            Assert.Empty(Directory.GetFiles(folder[".tmp"]));
            Assert.Equal(["a/blob"], await store.NamesAsync());
            await store.PutAsync("a/blob", "writable again");
        }

        Assert.True(half > 0, "No kill hit an upload midway: the test shows nothing.");
    }
}
