using Poa.Training.Masking;

namespace Poa.Training.Batching;

/// <summary>Sizes of a training batch; every count is at least 1 unless said otherwise.</summary>
/// <param name="Images">B, images in the batch.</param>
/// <param name="GlobalCropsPerImage">V, 2 in the paper.</param>
/// <param name="GlobalSize">S, pixels per side of a global crop.</param>
/// <param name="LocalCropsPerImage">n, may be 0.</param>
/// <param name="LocalSize">s, pixels per side of a local crop.</param>
/// <param name="GridSize">Tokens per side of a global crop; N is its square.</param>
public sealed record BatchLayout(int Images, int GlobalCropsPerImage, int GlobalSize, int LocalCropsPerImage, int LocalSize, int GridSize)
{
    /// <summary>V*B.</summary>
    public int GlobalCount => GlobalCropsPerImage * Images;

    /// <summary>n*B.</summary>
    public int LocalCount => LocalCropsPerImage * Images;

    /// <summary>N, tokens per global crop.</summary>
    public int Tokens => GridSize * GridSize;

    /// <summary>Floats in one global crop.</summary>
    public int GlobalStride => 3 * GlobalSize * GlobalSize;

    /// <summary>Floats in one local crop.</summary>
    public int LocalStride => 3 * LocalSize * LocalSize;
}

/// <summary>A training batch in managed memory, before it becomes tensors. Reused by its owner, see <see cref="BatchSource"/>.</summary>
public sealed class HostBatch
{
    /// <param name="layout">Sizes; the buffers are allocated for them.</param>
    public HostBatch(BatchLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        GlobalCrops = new float[layout.GlobalCount * layout.GlobalStride];
        LocalCrops = new float[layout.LocalCount * layout.LocalStride];
    }

    /// <summary>Sizes of the batch.</summary>
    public BatchLayout Layout { get; }

    /// <summary>The step this batch belongs to.</summary>
    public long Iteration { get; internal set; }

    /// <summary>[V*B, 3, S, S], crop-major.</summary>
    public float[] GlobalCrops { get; }

    /// <summary>[n*B, 3, s, s], crop-major.</summary>
    public float[] LocalCrops { get; }

    /// <summary>Patch masks of the global crops.</summary>
    public MaskBatch Masks { get; internal set; } = MaskBatch.Empty;

    /// <summary>Where global crop <paramref name="crop"/> of image <paramref name="image"/> goes, [3, S, S].</summary>
    public Span<float> GlobalCrop(int crop, int image) =>
        GlobalCrops.AsSpan(((crop * Layout.Images) + image) * Layout.GlobalStride, Layout.GlobalStride);

    /// <summary>Where local crop <paramref name="crop"/> of image <paramref name="image"/> goes, [3, s, s].</summary>
    public Span<float> LocalCrop(int crop, int image) =>
        LocalCrops.AsSpan(((crop * Layout.Images) + image) * Layout.LocalStride, Layout.LocalStride);
}
