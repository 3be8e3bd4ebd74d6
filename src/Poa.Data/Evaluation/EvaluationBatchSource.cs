using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Poa.Data.Loading;

namespace Poa.Data.Evaluation;

/// <summary>How a set is read for evaluation.</summary>
public sealed record EvaluationLoading
{
    /// <summary>Images per batch, at least 1.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Loader threads, at least 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Batches prepared ahead, at least 1.</summary>
    public int Ahead { get; init; } = 2;

    /// <summary>Leave unreadable images out instead of failing.</summary>
    public bool AllowUnreadable { get; init; }
}

/// <summary>
/// Every image of a set once, in order, decoded and transformed on loader threads, a bounded number of batches ahead.
/// For one consumer thread: call <see cref="Next"/> until it returns null.
/// </summary>
public sealed class EvaluationBatchSource : IDisposable
{
    private readonly Filler filler;
    private readonly OrderedPrefetcher<ImageBatch, EvaluationWorkspace> prefetcher;

    /// <param name="dataset">The images.</param>
    /// <param name="transform">What is done to each.</param>
    /// <param name="loading">Batch size, threads and what to do about damaged files; null for the defaults.</param>
    /// <param name="firstImage">Where to start, to go on with a pass that was broken off; 0 for the whole set.</param>
    public EvaluationBatchSource(IImageDataset dataset, EvaluationTransform transform, EvaluationLoading? loading = null, int firstImage = 0)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentOutOfRangeException.ThrowIfNegative(firstImage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstImage, dataset.Count);
        loading ??= new EvaluationLoading();
        ArgumentOutOfRangeException.ThrowIfLessThan(loading.BatchSize, 1, nameof(loading));
        filler = new Filler(dataset, transform, loading, firstImage);
        var batches = (dataset.Count - firstImage + loading.BatchSize - 1) / loading.BatchSize;
        prefetcher = new OrderedPrefetcher<ImageBatch, EvaluationWorkspace>(filler, 0, batches, loading.Threads, loading.Ahead, "evaluation");
    }

    /// <summary>Images left out so far, in no particular order; empty unless unreadable images are allowed.</summary>
    public IReadOnlyList<UnreadableImageException> Unreadable => filler.Unreadable;

    /// <summary>Waits for the next batch, valid until the next call.</summary>
    /// <returns>The batch, or null after the last one.</returns>
    /// <exception cref="UnreadableImageException">An image is damaged and that is not allowed; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while waiting.</exception>
    public ImageBatch? Next(CancellationToken cancellationToken = default) => prefetcher.Next(cancellationToken);

    /// <summary>Stops the loader threads and waits for them.</summary>
    public void Dispose() => prefetcher.Dispose();

    private sealed class Filler(IImageDataset dataset, EvaluationTransform transform, EvaluationLoading loading, int firstImage)
        : IBatchFiller<ImageBatch, EvaluationWorkspace>
    {
        private readonly Lock gate = new();
        private readonly List<UnreadableImageException> unreadable = [];

        public IReadOnlyList<UnreadableImageException> Unreadable
        {
            get
            {
                lock (gate)
                {
                    return [.. unreadable];
                }
            }
        }

        public ImageBatch CreateBuffer() => new(loading.BatchSize, transform.CropSize);

        public int PartsOf(long batch) => (int)Math.Min(loading.BatchSize, dataset.Count - FirstOf(batch));

        public void Fill(ImageBatch buffer, long batch, int part, EvaluationWorkspace workspace)
        {
            var index = (int)FirstOf(batch) + part;
            try
            {
                transform.Apply(dataset.Load(index), workspace, buffer.Image(part));
                buffer.Describe(part, index, dataset.LabelOf(index), readable: true);
            }
            catch (UnreadableImageException error) when (loading.AllowUnreadable)
            {
                buffer.Describe(part, index, dataset.LabelOf(index), readable: false);
                lock (gate)
                {
                    unreadable.Add(error);
                }
            }
        }

        public void Complete(ImageBatch buffer, long batch) => buffer.Compact(PartsOf(batch));

        private long FirstOf(long batch) => firstImage + (batch * loading.BatchSize);
    }
}
