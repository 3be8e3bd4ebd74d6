using System.Diagnostics;
using Poa.Data.Datasets;
using Poa.Data.Loading;
using Poa.Elastic;
using Poa.Training.Augmentation;
using TorchSharp;

namespace Poa.Training.Batching;

/// <summary>Which part of every global batch a source makes.</summary>
/// <param name="Index">This shard's number, from 0.</param>
/// <param name="Count">Shards in all; each gets train.batch_size_per_gpu images of a batch.</param>
public readonly record struct BatchShard(int Index, int Count)
{
    /// <summary>The only shard.</summary>
    public static BatchShard Whole { get; } = new(0, 1);
}

/// <summary>
/// Training batches in order of iteration, decoded and augmented on loader threads, a bounded number ahead. Batch i is a
/// function of (configuration, images, i): a source started at i gives the same bytes as one that has come to i, and the
/// number of loader threads changes nothing. For one consumer thread.
/// </summary>
/// <remarks>
/// An unreadable image is replaced by the next readable one of the set in file order, which again depends on nothing else; it is
/// reported once. Shards of one run make disjoint parts of the same global batch.
/// </remarks>
public sealed class BatchSource : IDisposable
{
    private readonly BatchFiller filler;
    private readonly OrderedPrefetcher<HostBatch, ViewRenderer> prefetcher;

    /// <param name="dataset">The images.</param>
    /// <param name="configuration">Batch size, crops, augmentation, masks, seed, loader threads and batches ahead.</param>
    /// <param name="startIteration">Number of the first batch.</param>
    /// <param name="shard">Which part of each batch; null for all of it.</param>
    /// <param name="onUnreadable">Told once of each unreadable image, on a loader thread.</param>
    public BatchSource(
        IImageDataset dataset,
        PoaConfiguration configuration,
        long startIteration = 0,
        BatchShard? shard = null,
        Action<UnreadableImageException>? onUnreadable = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(configuration);
        var part = shard ?? BatchShard.Whole;
        if (part.Count < 1 || part.Index < 0 || part.Index >= part.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(shard), part, "A shard's index lies in [0, count).");
        }

        filler = new BatchFiller(dataset, configuration, part, onUnreadable);

        // More loader threads than cores only take time from each other and from the step.
        var threads = Math.Min(configuration.Train.NumWorkers, Environment.ProcessorCount);
        prefetcher = new OrderedPrefetcher<HostBatch, ViewRenderer>(filler, startIteration, null, threads, configuration.Train.PrefetchBatches, "training");
    }

    /// <summary>Sizes of the batches.</summary>
    public BatchLayout Layout => filler.Layout;

    /// <summary>The unreadable images met so far, each once, in no particular order.</summary>
    public IReadOnlyList<UnreadableImageException> Unreadable => filler.Unreadable;

    /// <summary>Waits for the next batch and copies it to a device.</summary>
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
