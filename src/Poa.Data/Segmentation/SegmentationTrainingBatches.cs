using Poa.Data.Loading;
using Poa.Elastic;

namespace Poa.Data.Segmentation;

/// <summary>Crops with labels. Its memory is reused.</summary>
/// <param name="images">B</param>
/// <param name="cropSize">S</param>
public sealed class SegmentationBatch(int images, int cropSize)
{
    private readonly float[] pixels = new float[images * 3 * cropSize * cropSize];
    private readonly byte[] labels = new byte[images * cropSize * cropSize];

    /// <summary>Images in the batch.</summary>
    public int Count { get; } = images;

    /// <summary>Pixels per side.</summary>
    public int CropSize { get; } = cropSize;

    /// <summary>[B, 3, S, S], normalised.</summary>
    public ReadOnlySpan<float> Pixels => pixels;

    /// <summary>[B, S, S]</summary>
    public ReadOnlySpan<byte> Labels => labels;

    internal Span<float> PixelsOf(int image) => pixels.AsSpan(image * 3 * CropSize * CropSize, 3 * CropSize * CropSize);

    internal Span<byte> LabelsOf(int image) => labels.AsSpan(image * CropSize * CropSize, CropSize * CropSize);
}

/// <summary>Makes training batches; batch n is a function of the set, the settings, the seed and n.</summary>
/// <param name="dataset">Images and labels.</param>
/// <param name="options">Valid settings.</param>
/// <param name="batchSize">Images per batch.</param>
/// <param name="seed">Seed of the run.</param>
public sealed class SegmentationTrainingBatches(ISegmentationDataset dataset, SegmentationTransformOptions options, int batchSize, long seed)
    : IBatchFiller<SegmentationBatch, CropWorkspace>
{
    private readonly DataOrder order = new(dataset.Count, seed);
    private readonly TrainingCrop transform = new(options);

    /// <inheritdoc/>
    public SegmentationBatch CreateBuffer() => new(batchSize, options.CropSize);

    /// <inheritdoc/>
    public int PartsOf(long batch) => batchSize;

    /// <inheritdoc/>
    public void Fill(SegmentationBatch buffer, long batch, int part, CropWorkspace workspace)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        var sample = dataset.Load(order.At((batch * batchSize) + part));
        var random = Randomness.For(seed, RandomPurpose.Augmentation, batch, part);
        transform.Apply(sample, random, workspace, buffer.PixelsOf(part), buffer.LabelsOf(part));
    }

    /// <inheritdoc/>
    public void Complete(SegmentationBatch buffer, long batch)
    {
    }
}
