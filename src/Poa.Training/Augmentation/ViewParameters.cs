using Poa.Data.Imaging;

namespace Poa.Training.Augmentation;

/// <summary>The four adjustments of colour jitter.</summary>
public enum ColorAdjustment : byte
{
    /// <summary>Blend with black.</summary>
    Brightness,

    /// <summary>Blend with the image's mean grey.</summary>
    Contrast,

    /// <summary>Blend with the grey image.</summary>
    Saturation,

    /// <summary>Turn of the colour circle.</summary>
    Hue,
}

/// <summary>Colour jitter as drawn for one view.</summary>
/// <param name="Brightness">Factor, at least 0.</param>
/// <param name="Contrast">Factor, at least 0.</param>
/// <param name="Saturation">Factor, at least 0.</param>
/// <param name="Hue">Turn in [-0.5, 0.5] of the colour circle.</param>
/// <param name="Order">The four adjustments, first applied first, two bits each from the lowest.</param>
public readonly record struct ColorJitter(double Brightness, double Contrast, double Saturation, double Hue, byte Order)
{
    /// <summary>Which adjustment comes at <paramref name="place"/> in [0, 4).</summary>
    public ColorAdjustment this[int place] => (ColorAdjustment)((Order >> (2 * place)) & 3);

    internal static byte Pack(ReadOnlySpan<ColorAdjustment> order) =>
        (byte)((int)order[0] | ((int)order[1] << 2) | ((int)order[2] << 4) | ((int)order[3] << 6));
}

/// <summary>Everything random about one view of one image. Rendering it draws nothing more.</summary>
/// <param name="Crop">The part of the image that is resized to the view.</param>
/// <param name="Flip">Mirror left and right.</param>
/// <param name="Jitter">Colour jitter; null where it is not applied.</param>
/// <param name="Grayscale">Turn to grey.</param>
/// <param name="BlurSigma">Standard deviation of the Gaussian blur in pixels; null where it is not applied.</param>
/// <param name="Solarize">Invert bright values.</param>
public readonly record struct ViewParameters(PixelBox Crop, bool Flip, ColorJitter? Jitter, bool Grayscale, double? BlurSigma, bool Solarize);
