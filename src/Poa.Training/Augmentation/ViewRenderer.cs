using Poa.Data.Imaging;

namespace Poa.Training.Augmentation;

/// <summary>
/// Makes a view as its parameters say, in the order of the authors' code: resized crop, flip, colour jitter, grayscale, blur,
/// solarise, normalise. Holds scratch memory: one instance per thread.
/// </summary>
public sealed class ViewRenderer
{
    private readonly BicubicResampler resampler = new();
    private readonly GaussianBlur blur = new();
    private byte[] buffer = [];

    /// <summary>Renders one view.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="recipe">Size of the view, blur kernel and solarising threshold.</param>
    /// <param name="view">What was drawn for it.</param>
    /// <param name="normalisation">Mean and deviation per channel.</param>
    /// <param name="target">[3, Size, Size].</param>
    public void Render(RgbImage image, ViewRecipe recipe, in ViewParameters view, Normalisation normalisation, Span<float> target)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(normalisation);
        normalisation.Apply(RenderPixels(image, recipe, view), target);
    }

    /// <summary>All but the normalisation: 8-bit pixels, valid until the next call.</summary>
    internal Span<byte> RenderPixels(RgbImage image, ViewRecipe recipe, in ViewParameters view)
    {
        var length = recipe.Size * recipe.Size * RgbImage.BytesPerPixel;
        if (buffer.Length < length)
        {
            buffer = new byte[length];
        }

        var pixels = buffer.AsSpan(0, length);
        resampler.Resize(image, view.Crop, recipe.Size, recipe.Size, pixels);
        if (view.Flip)
        {
            HorizontalFlip.Apply(pixels, recipe.Size);
        }

        if (view.Jitter is { } jitter)
        {
            Adjust(pixels, jitter);
        }

        if (view.Grayscale)
        {
            ColorOperations.Grayscale(pixels);
        }

        if (view.BlurSigma is { } sigma)
        {
            blur.Apply(pixels, recipe.Size, recipe.BlurKernelSize, sigma);
        }

        if (view.Solarize)
        {
            ColorOperations.Solarize(pixels, recipe.SolarizeThreshold);
        }

        return pixels;
    }

    private static void Adjust(Span<byte> pixels, ColorJitter jitter)
    {
        for (var place = 0; place < 4; place++)
        {
            switch (jitter[place])
            {
                case ColorAdjustment.Brightness:
                    ColorOperations.Brightness(pixels, jitter.Brightness);
                    break;
                case ColorAdjustment.Contrast:
                    ColorOperations.Contrast(pixels, jitter.Contrast);
                    break;
                case ColorAdjustment.Saturation:
                    ColorOperations.Saturation(pixels, jitter.Saturation);
                    break;
                default:
                    HueRotation.Apply(pixels, jitter.Hue);
                    break;
            }
        }
    }
}
