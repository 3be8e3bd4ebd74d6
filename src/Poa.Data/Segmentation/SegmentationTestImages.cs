using Poa.Data.Imaging;
using Poa.Data.Loading;

namespace Poa.Data.Segmentation;

/// <summary>An image made ready for a network, with its labels at the original size. Its memory is reused.</summary>
public sealed class SegmentationTestImage
{
    private float[] pixels = [];

    /// <summary>Rows of the resized image.</summary>
    public int Height { get; private set; }

    /// <summary>Columns of the resized image.</summary>
    public int Width { get; private set; }

    /// <summary>[3, Height, Width], normalised.</summary>
    public ReadOnlySpan<float> Pixels => pixels.AsSpan(0, 3 * Height * Width);

    /// <summary>Labels of the image as stored.</summary>
    public LabelMap Labels { get; private set; } = new(1, 1, [LabelMap.Ignored]);

    internal Span<float> Prepare(int height, int width, LabelMap labels)
    {
        (Height, Width, Labels) = (height, width, labels);
        if (pixels.Length < 3 * height * width)
        {
            pixels = new float[3 * height * width];
        }

        return pixels.AsSpan(0, 3 * height * width);
    }
}

/// <summary>Every image of a set in order, resized within the bounds and normalised; the label maps stay as they are.</summary>
/// <param name="dataset">Images and labels.</param>
/// <param name="options">Valid settings.</param>
public sealed class SegmentationTestImages(ISegmentationDataset dataset, SegmentationTransformOptions options) : IBatchFiller<SegmentationTestImage, CropWorkspace>
{
    /// <inheritdoc/>
    public SegmentationTestImage CreateBuffer() => new();

    /// <inheritdoc/>
    public int PartsOf(long batch) => 1;

    /// <inheritdoc/>
    public void Fill(SegmentationTestImage buffer, long batch, int part, CropWorkspace workspace)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentNullException.ThrowIfNull(workspace);
        var sample = dataset.Load((int)batch);
        var (height, width) = KeepRatioSize.Of(sample.Image.Height, sample.Image.Width, options.LongSide, options.ShortSide);
        var colours = workspace.Pixels(height * width);
        BilinearResampler.Resize(sample.Image, width, height, new PixelBox(0, 0, width, height), colours);
        options.Normalisation.Apply(colours, buffer.Prepare(height, width, sample.Labels));
    }

    /// <inheritdoc/>
    public void Complete(SegmentationTestImage buffer, long batch)
    {
    }
}
