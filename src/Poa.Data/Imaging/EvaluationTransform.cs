namespace Poa.Data.Imaging;

/// <summary>
/// What the authors' evaluation does to an image: resize the shorter side (bicubic, antialiased), cut out the centre,
/// scale to [0, 1] and normalise per channel.
/// </summary>
public sealed class EvaluationTransform
{
    private readonly Normalisation normalisation;

    /// <param name="resizeSize">Pixels of the shorter side after resizing; 256 for ImageNet at 224.</param>
    /// <param name="cropSize">Pixels per side of the centre crop, at most <paramref name="resizeSize"/>.</param>
    /// <param name="normalisation">Per-channel mean and deviation; null for ImageNet's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the crop is larger than the resized side.</exception>
    public EvaluationTransform(int resizeSize, int cropSize, Normalisation? normalisation = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cropSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(resizeSize, cropSize);
        ResizeSize = resizeSize;
        CropSize = cropSize;
        this.normalisation = normalisation ?? Normalisation.ImageNet;
    }

    /// <summary>Pixels of the shorter side after resizing.</summary>
    public int ResizeSize { get; }

    /// <summary>Pixels per side of the result.</summary>
    public int CropSize { get; }

    /// <summary>Floats in one result: 3 * CropSize * CropSize.</summary>
    public int OutputLength => 3 * CropSize * CropSize;

    /// <summary>The size an image has after the resize step: the shorter side exactly, the longer one truncated.</summary>
    public (int Width, int Height) ResizedSize(int width, int height) => width <= height
        ? (ResizeSize, (int)((long)ResizeSize * height / width))
        : ((int)((long)ResizeSize * width / height), ResizeSize);

    /// <summary>Transforms one image.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="workspace">Scratch memory; one per thread.</param>
    /// <param name="target">[3, CropSize, CropSize].</param>
    public void Apply(RgbImage image, EvaluationWorkspace workspace, Span<float> target)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(workspace);
        var (width, height) = ResizedSize(image.Width, image.Height);

        // Half pixels round to the even neighbour, as the reference's round() does.
        var left = (int)Math.Round((width - CropSize) / 2.0, MidpointRounding.ToEven);
        var top = (int)Math.Round((height - CropSize) / 2.0, MidpointRounding.ToEven);
        var pixels = workspace.Pixels(CropSize * CropSize);
        workspace.Resampler.Resize(image, new PixelBox(0, 0, image.Width, image.Height), width, height, new PixelBox(left, top, CropSize, CropSize), pixels);
        normalisation.Apply(pixels, target);
    }
}

/// <summary>Scratch memory of one thread that transforms images for evaluation.</summary>
public sealed class EvaluationWorkspace
{
    private byte[] pixels = [];

    internal BicubicResampler Resampler { get; } = new();

    internal Span<byte> Pixels(int count)
    {
        if (pixels.Length < count * RgbImage.BytesPerPixel)
        {
            pixels = new byte[count * RgbImage.BytesPerPixel];
        }

        return pixels.AsSpan(0, count * RgbImage.BytesPerPixel);
    }
}
