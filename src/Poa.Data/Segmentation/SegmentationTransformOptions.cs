using Poa.Data.Imaging;

namespace Poa.Data.Segmentation;

/// <summary>What is done to images and label maps. The defaults are the reference's for ADE20K at 512.</summary>
public sealed record SegmentationTransformOptions
{
    /// <summary>Bound of the longer side after resizing, in pixels.</summary>
    public int LongSide { get; init; } = 2048;

    /// <summary>Bound of the shorter side after resizing, in pixels.</summary>
    public int ShortSide { get; init; } = 512;

    /// <summary>Pixels per side of a training crop.</summary>
    public int CropSize { get; init; } = 512;

    /// <summary>In training both bounds are multiplied by one number drawn from here on ...</summary>
    public double MinimumRatio { get; init; } = 0.5;

    /// <summary>... to here.</summary>
    public double MaximumRatio { get; init; } = 2.0;

    /// <summary>A crop of which one class fills more than this share of the labelled pixels is drawn again.</summary>
    public double MaximumClassShare { get; init; } = 0.75;

    /// <summary>How often a crop is drawn again at most.</summary>
    public int CropRetries { get; init; } = 10;

    /// <summary>Probability of mirroring left and right.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Brightness, contrast, saturation and hue; null for none.</summary>
    public PhotometricDistortion? Photometric { get; init; } = new();

    /// <summary>How pixels are normalised.</summary>
    public Normalisation Normalisation { get; init; } = Normalisation.ImageNet;

    /// <exception cref="ArgumentException">A value is out of range; the message names it and the range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(CropSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ShortSide, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongSide, ShortSide);
        ArgumentOutOfRangeException.ThrowIfNegative(CropRetries);
        if (!(MinimumRatio > 0 && MaximumRatio >= MinimumRatio && MaximumRatio < 100))
        {
            throw new ArgumentException($"Resize ratios are drawn between a number above 0 and one not smaller; these are {MinimumRatio} and {MaximumRatio}.");
        }

        if (MaximumClassShare is not (> 0 and <= 1) || FlipProbability is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"The largest share of a class ({MaximumClassShare}) and the probability to flip ({FlipProbability}) lie in 0 to 1.");
        }
    }
}
