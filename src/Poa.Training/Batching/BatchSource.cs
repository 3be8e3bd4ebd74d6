using System.Diagnostics;
using Poa.Data.Datasets;
using Poa.Data.Loading;
using Poa.Elastic;
using Poa.Training.Augmentation;
using Poa.Training.Exchange;
using TorchSharp;

namespace Poa.Training.Batching;

/// <summary>
/// The batches of virtual shards in order of iteration, decoded and augmented on loader threads, a bounded number ahead. That of
/// shard v at iteration i is a function of (configuration, images, i, v): a source started at i gives the same bytes as one that has come
/// to i, and neither the number of loader threads nor which source makes which shards changes anything. For one consumer thread.
/// </summary>
/// <remarks>
/// An unreadable image is replaced by the next readable one of the set in file order, which again depends on nothing else; it is
/// reported once. The shards of one iteration are disjoint parts of the same global batch.
/// </remarks>
public sealed class BatchSource : IDisposable
{
    private readonly BatchFiller filler;
    private readonly OrderedPrefetcher<HostBatch, ViewRenderer> prefetcher;

    /// <param name="dataset">The images.</param>
    /// <param name="configuration">Batch size, crops, augmentation, masks, seed, loader threads and batches ahead.</param>
    /// <param name="startIteration">The first iteration.</param>
    /// <param name="shards">The virtual shards to make at each iteration, one after the other; null for all of the configuration's.</param>
    /// <param name="onUnreadable">Told once of each unreadable image, on a loader thread.</param>
    public BatchSource(
        IImageDataset dataset,
        PoaConfiguration configuration,
        long startIteration = 0,
        ShardRange? shards = null,
        Action<UnreadableImageException>? onUnreadable = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(configuration);
        var part = shards ?? new ShardRange(0, configuration.Train.VirtualShards);
        if (part.First < 0 || part.Count < 1 || part.First + part.Count > configuration.Train.VirtualShards)
        {
            throw new ArgumentOutOfRangeException(nameof(shards), part, $"Virtual shards 0 to {configuration.Train.VirtualShards - 1} can be made.");
        }

        filler = new BatchFiller(dataset, configuration, part, onUnreadable);

        // More loader threads than cores only take time from each other and from the step.
        var threads = Math.Min(configuration.Train.NumWorkers, Environment.ProcessorCount);
        prefetcher = new OrderedPrefetcher<HostBatch, ViewRenderer>(
            filler, startIteration * part.Count, null, threads, configuration.Train.PrefetchBatches * part.Count, "training");
    }

    /// <summary>Sizes of the batches.</summary>
    public BatchLayout Layout => filler.Layout;

    /// <summary>The unreadable images met so far, each once, in no particular order.</summary>
    public IReadOnlyList<UnreadableImageException> Unreadable => filler.Unreadable;

    /// <summary>Waits for the next batch, which is that of the next virtual shard or, after the last, of the first at the next iteration, and copies it to a device.</summary>
    /// <param name="device">Where the tensors are wanted; null for CPU.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DatasetException">None of the images can be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while waiting.</exception>
    public TrainingBatch Next(torch.Device? device = null, CancellationToken cancellationToken = default) =>
        TrainingBatch.FromHost(NextOnHost(cancellationToken), device);

    /// <summary>As <see cref="Next"/>, without tensors. The batch is valid until the next call.</summary>
    public HostBatch NextOnHost(CancellationToken cancellationToken = default) =>
        prefetcher.Next(cancellationToken) ?? throw new UnreachableException("Training batches have no end.");

    /// <summary>Stops the loader threads and waits for them.</summary>
    public void Dispose() => prefetcher.Dispose();
}
