using System.Diagnostics;
using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Poa.Data.Loading;
using Poa.Elastic;

namespace Poa.Data.Evaluation;

/// <summary>How a labelled set is read for training a classifier.</summary>
public sealed record RandomCropLoading
{
    /// <summary>Images of one training step, at least 1.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Images handed out at once, at least 1: a step's images come in as many parts as that takes.</summary>
    public int PartSize { get; init; } = 128;

    /// <summary>Order and augmentation are a function of it.</summary>
    public long Seed { get; init; }

    /// <summary>Loader threads, at least 1; they change speed only.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Parts prepared ahead, at least 1.</summary>
    public int Ahead { get; init; } = 2;

    /// <summary>Put the next readable image in the place of an unreadable one instead of failing.</summary>
    public bool AllowUnreadable { get; init; }
}

/// <summary>
/// Images with random crops, without end: one random permutation of the set after the other, in the parts of numbered steps. What a
/// step holds is a function of seed, set and its number, so a source may be entered at any step. For one consumer thread.
/// </summary>
public sealed class RandomCropBatchSource : IDisposable
{
    private readonly OrderedPrefetcher<ImageBatch, EvaluationWorkspace> prefetcher;

    /// <param name="dataset">The images.</param>
    /// <param name="transform">What is done to each.</param>
    /// <param name="loading">Batch and part size, seed, threads.</param>
    /// <param name="firstStep">The step to begin with.</param>
    public RandomCropBatchSource(IImageDataset dataset, RandomCropTransform transform, RandomCropLoading loading, long firstStep = 0)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(loading);
        ArgumentOutOfRangeException.ThrowIfLessThan(loading.BatchSize, 1, nameof(loading));
        ArgumentOutOfRangeException.ThrowIfLessThan(loading.PartSize, 1, nameof(loading));
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        var filler = new Filler(dataset, transform, loading);
        PartsPerStep = filler.PartsPerStep;
        prefetcher = new OrderedPrefetcher<ImageBatch, EvaluationWorkspace>(
            filler, firstStep * PartsPerStep, null, loading.Threads, loading.Ahead, "linear probe");
    }

    /// <summary>In how many parts the images of a step come; the last may be smaller.</summary>
    public int PartsPerStep { get; }

    /// <summary>Waits for the next part, valid until the next call.</summary>
    /// <exception cref="UnreadableImageException">An image is damaged and that is not allowed; the message names it.</exception>
    /// <exception cref="DatasetException">None of the images can be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while waiting.</exception>
    public ImageBatch Next(CancellationToken cancellationToken = default) =>
        prefetcher.Next(cancellationToken) ?? throw new UnreachableException("These batches have no end.");

    /// <summary>Stops the loader threads and waits for them.</summary>
    public void Dispose() => prefetcher.Dispose();

    private sealed class Filler(IImageDataset dataset, RandomCropTransform transform, RandomCropLoading loading)
        : IBatchFiller<ImageBatch, EvaluationWorkspace>
    {
        private readonly DataOrder order = new(dataset.Count, loading.Seed);

        public int PartsPerStep { get; } = (loading.BatchSize + loading.PartSize - 1) / loading.PartSize;

        public ImageBatch CreateBuffer() => new(Math.Min(loading.PartSize, loading.BatchSize), transform.Size);

        public int PartsOf(long batch) => (int)Math.Min(loading.PartSize, loading.BatchSize - (batch % PartsPerStep * loading.PartSize));

        public void Fill(ImageBatch buffer, long batch, int part, EvaluationWorkspace workspace)
        {
            var (step, piece) = Math.DivRem(batch, PartsPerStep);
            var place = (piece * loading.PartSize) + part;
            var (index, image) = LoadReadable(order.At((step * loading.BatchSize) + place));
            transform.Apply(image, Randomness.For(loading.Seed, RandomPurpose.Augmentation, step, place), workspace, buffer.Image(part));
            buffer.Describe(part, index, dataset.LabelOf(index), readable: true);
        }

        public void Complete(ImageBatch buffer, long batch) => buffer.Compact(PartsOf(batch));

        /// <summary>The image, or the next readable one of the set in file order: a function of the set alone.</summary>
        private (int Index, RgbImage Image) LoadReadable(int index)
        {
            UnreadableImageException? first = null;
            for (var tried = 0; tried < dataset.Count; tried++)
            {
                var candidate = (int)(((long)index + tried) % dataset.Count);
                try
                {
                    return (candidate, dataset.Load(candidate));
                }
                catch (UnreadableImageException error) when (loading.AllowUnreadable)
                {
                    first ??= error;
                }
            }

            throw new DatasetException($"None of the {dataset.Count} images of {dataset.Name} can be read; the first reason: {first!.Message}");
        }
    }
}
