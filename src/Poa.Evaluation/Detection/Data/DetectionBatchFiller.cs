using Poa.Data.Loading;

namespace Poa.Evaluation.Detection.Data;

/// <summary>Fills the batch of a training step: its images are the next of a random order of those that training visits.</summary>
internal sealed class DetectionBatchFiller : IBatchFiller<DetectionBatchFiller.Buffer, object>, IDisposable
{
    private readonly DetectionSamples samples;
    private readonly IReadOnlyList<int> images;
    private readonly DataOrder order;
    private readonly List<Buffer> buffers = [];
    private readonly int batchSize;
    private readonly long seed;

    /// <param name="samples">Makes the images.</param>
    /// <param name="images">Places of those that training visits.</param>
    /// <param name="batchSize">Images a step.</param>
    /// <param name="seed">Of the run.</param>
    public DetectionBatchFiller(DetectionSamples samples, IReadOnlyList<int> images, int batchSize, long seed)
    {
        (this.samples, this.images, this.batchSize, this.seed) = (samples, images, batchSize, seed);
        order = new(images.Count, seed);
    }

    /// <inheritdoc/>
    public Buffer CreateBuffer()
    {
        buffers.Add(new(batchSize));
        return buffers[^1];
    }

    /// <inheritdoc/>
    public int PartsOf(long batch) => batchSize;

    /// <inheritdoc/>
    public void Fill(Buffer buffer, long batch, int part, object workspace)
    {
        buffer.Samples[part]?.Dispose();
        buffer.Samples[part] = samples.Training(images[order.At((batch * batchSize) + part)], seed, batch, part);
    }

    /// <inheritdoc/>
    public void Complete(Buffer buffer, long batch)
    {
        buffer.Batch?.Dispose();
        buffer.Batch = samples.Batch(buffer.Samples!);
        buffer.DropSamples();
    }

    /// <inheritdoc/>
    public void Dispose() => buffers.ForEach(buffer => buffer.Dispose());

    /// <summary>Memory of one batch.</summary>
    internal sealed class Buffer(int size) : IDisposable
    {
        /// <summary>The images as they come.</summary>
        public DetectionSample?[] Samples { get; } = new DetectionSample?[size];

        /// <summary>All of them together, once complete.</summary>
        public DetectionBatch? Batch { get; set; }

        public void DropSamples()
        {
            foreach (var sample in Samples)
            {
                sample?.Dispose();
            }

            Array.Clear(Samples);
        }

        public void Dispose()
        {
            DropSamples();
            Batch?.Dispose();
        }
    }
}
