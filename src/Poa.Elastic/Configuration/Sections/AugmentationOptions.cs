#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>augmentation</c> (ours; the authors fix these numbers in code).</summary>
public sealed record AugmentationOptions
{
    [ConfigurationKey("crop_aspect_ratio", "Width over height of a random resized crop.", Min = 0.01, Max = 100)]
    public Interval CropAspectRatio { get; init; } = new(3.0 / 4, 4.0 / 3);

    [ConfigurationKey("horizontal_flip_p", "Probability of a horizontal flip.", Min = 0, Max = 1)]
    public double HorizontalFlipProbability { get; init; } = 0.5;

    [ConfigurationKey("color_jitter_p", "Probability of colour jitter.", Min = 0, Max = 1)]
    public double ColorJitterProbability { get; init; } = 0.8;

    [ConfigurationKey("color_jitter_brightness", "Brightness is multiplied by 1 plus or minus this.", Min = 0, Max = 1)]
    public double Brightness { get; init; } = 0.4;

    [ConfigurationKey("color_jitter_contrast", "Contrast is multiplied by 1 plus or minus this.", Min = 0, Max = 1)]
    public double Contrast { get; init; } = 0.4;

    [ConfigurationKey("color_jitter_saturation", "Saturation is multiplied by 1 plus or minus this.", Min = 0, Max = 1)]
    public double Saturation { get; init; } = 0.2;

    [ConfigurationKey("color_jitter_hue", "Hue is shifted by plus or minus this part of the colour circle.", Min = 0, Max = 0.5)]
    public double Hue { get; init; } = 0.1;

    [ConfigurationKey("grayscale_p", "Probability of grayscale.", Min = 0, Max = 1)]
    public double GrayscaleProbability { get; init; } = 0.2;

    // The authors name 1, 0.1 and 0.5, but their blur is applied with one minus that; their published models were trained with
    // what that comes to, so these are the defaults.
    [ConfigurationKey("blur_p_global_1", "Probability of Gaussian blur on the first global crop (the authors' effective value, not their nominal 1).", Min = 0, Max = 1)]
    public double BlurProbabilityGlobal1 { get; init; }

    [ConfigurationKey("blur_p_global_2", "Probability of Gaussian blur on the second global crop (effective; nominal 0.1).", Min = 0, Max = 1)]
    public double BlurProbabilityGlobal2 { get; init; } = 0.9;

    [ConfigurationKey("blur_p_local", "Probability of Gaussian blur on a local crop.", Min = 0, Max = 1)]
    public double BlurProbabilityLocal { get; init; } = 0.5;

    [ConfigurationKey("blur_kernel_size", "Side of the blur kernel in pixels, odd.", Min = 1, Max = 99)]
    public int BlurKernelSize { get; init; } = 9;

    [ConfigurationKey("blur_sigma", "Standard deviation of the blur in pixels, uniform.", Min = 0, MinExclusive = true, Max = 100)]
    public Interval BlurSigma { get; init; } = new(0.1, 2.0);

    [ConfigurationKey("solarize_p", "Probability of solarising, second global crop only.", Min = 0, Max = 1)]
    public double SolarizeProbability { get; init; } = 0.2;

    [ConfigurationKey("solarize_threshold", "8-bit pixels from this value on are inverted.", Min = 0, Max = 256)]
    public int SolarizeThreshold { get; init; } = 128;

    [ConfigurationKey("mean", "Mean subtracted from each channel, on a scale of 0 to 1.", Min = 0, Max = 1, Length = 3)]
    public EquatableArray<double> Mean { get; init; } = [0.485, 0.456, 0.406];

    [ConfigurationKey("std", "Deviation each channel is divided by, on a scale of 0 to 1.", Min = 0, MinExclusive = true, Max = 1, Length = 3)]
    public EquatableArray<double> StandardDeviation { get; init; } = [0.229, 0.224, 0.225];
}
