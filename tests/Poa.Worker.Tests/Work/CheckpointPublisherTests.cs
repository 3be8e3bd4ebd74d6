using System.Text;
using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Worker.Execution;
using Poa.Worker.Work;
using Xunit;

namespace Poa.Worker.Tests.Work;

public sealed class CheckpointPublisherTests
{
    [Fact]
    public async Task TidyAsync_StoreFails_OnlyTheLogSaysSo()
    {
        using var bench = new WorkBench();
        using var stop = new StopSignal();
        var context = bench.Context(new TrainingShardWork(TinyRun.Id, TinyRun.Yaml, "demo"), stop);
        var metrics = await MetricsLog.OpenAsync(bench.Blobs, TinyRun.Id, 0, TestContext.Current.CancellationToken);
        var publisher = new CheckpointPublisher(
            context, new CheckpointStore(new FailingStore()), metrics, new ConfigurationText("", ""), new CheckpointRetention(1, null), TinyRun.Steps, TimeProvider.System);

        await publisher.TidyAsync();

        var log = Encoding.UTF8.GetString(context.Log.TakeChanged()!);
        Assert.Contains("WARN  Checkpoints or parts of them that are no longer needed may be left in the store: The store is away.", log, StringComparison.Ordinal);
    }

    private sealed class FailingStore : IBlobStore
    {
        public string Description => "failing";

        private static StorageException Fault => new(StorageFault.Unavailable, "The store is away.");

        public Task<BlobProperties> UploadAsync(
            string name, Stream content, BlobWriteCondition condition, string? expectedSha256 = null, CancellationToken cancellationToken = default) => throw Fault;

        public Task<Stream> OpenReadAsync(string name, ByteRange? range = null, CancellationToken cancellationToken = default) => throw Fault;

        public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken = default) => throw Fault;

        public IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken cancellationToken = default) => throw Fault;

        public Task<bool> DeleteAsync(string name, string? ifMatch = null, CancellationToken cancellationToken = default) => throw Fault;
    }
}
