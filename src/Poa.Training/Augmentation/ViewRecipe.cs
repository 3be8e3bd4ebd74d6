using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Training.Augmentation;

/// <summary>
/// How one kind of view is made: sizes, ranges and probabilities (arXiv 2408.01031 uses DINOv2's augmentations; defaults
/// are the effective ones of the authors' code).
/// </summary>
public sealed record ViewRecipe
{
    /// <summary>Pixels per side of the view.</summary>
    public required int Size { get; init; }

    /// <summary>Range of the crop's area as a fraction of the image's.</summary>
    public required Interval Scale { get; init; }

    /// <summary>Range of width over height of the crop, drawn uniformly in its logarithm.</summary>
    public required Interval AspectRatio { get; init; }

    /// <summary>Probability of a horizontal flip.</summary>
    public required double FlipProbability { get; init; }

    /// <summary>Probability of colour jitter.</summary>
    public required double JitterProbability { get; init; }

    /// <summary>Brightness factors are drawn from 1 plus or minus this, not below 0.</summary>
    public required double Brightness { get; init; }

    /// <summary>Contrast factors are drawn from 1 plus or minus this, not below 0.</summary>
    public required double Contrast { get; init; }

    /// <summary>Saturation factors are drawn from 1 plus or minus this, not below 0.</summary>
    public required double Saturation { get; init; }

    /// <summary>Turns of the colour circle are drawn from plus or minus this.</summary>
    public required double Hue { get; init; }

    /// <summary>Probability of grayscale.</summary>
    public required double GrayscaleProbability { get; init; }

    /// <summary>Probability that blur is applied.</summary>
    public required double BlurProbability { get; init; }

    /// <summary>Side of the blur kernel, odd.</summary>
    public required int BlurKernelSize { get; init; }

    /// <summary>Range of the blur's standard deviation in pixels.</summary>
    public required Interval BlurSigma { get; init; }

    /// <summary>Probability of solarising.</summary>
    public required double SolarizeProbability { get; init; }

    /// <summary>8-bit values from here on are inverted when solarising.</summary>
    public required int SolarizeThreshold { get; init; }

    /// <summary>The first global view of a configuration.</summary>
    public static ViewRecipe FirstGlobal(PoaConfiguration configuration) => Common(configuration) with
    {
        BlurProbability = configuration.Augmentation.BlurProbabilityGlobal1,
    };

    /// <summary>The second global view of a configuration: the only one that is solarised.</summary>
    public static ViewRecipe SecondGlobal(PoaConfiguration configuration) => Common(configuration) with
    {
        BlurProbability = configuration.Augmentation.BlurProbabilityGlobal2,
        SolarizeProbability = configuration.Augmentation.SolarizeProbability,
    };

    /// <summary>A local view of a configuration.</summary>
    public static ViewRecipe Local(PoaConfiguration configuration) => Common(configuration) with
    {
        Size = configuration.Crops.LocalCropsSize,
        Scale = configuration.Crops.LocalCropsScale,
        BlurProbability = configuration.Augmentation.BlurProbabilityLocal,
    };

    /// <summary>Draws one view of an image of the given size.</summary>
    /// <param name="random">The view's own stream.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="height">Rows of the image.</param>
    public ViewParameters Draw(RandomStream random, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(random);
        var crop = new RandomCrop(Scale, AspectRatio).Draw(random, width, height);
        var flip = random.NextBool(FlipProbability);
        ColorJitter? jitter = random.NextBool(JitterProbability) ? DrawJitter(random) : null;
        var grayscale = random.NextBool(GrayscaleProbability);
        double? sigma = random.NextBool(BlurProbability) ? random.Uniform(BlurSigma.Min, BlurSigma.Max) : null;
        return new ViewParameters(crop, flip, jitter, grayscale, sigma, random.NextBool(SolarizeProbability));
    }

    private static ViewRecipe Common(PoaConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var augmentation = configuration.Augmentation;
        return new ViewRecipe
        {
            Size = configuration.Crops.GlobalCropsSize,
            Scale = configuration.Crops.GlobalCropsScale,
            AspectRatio = augmentation.CropAspectRatio,
            FlipProbability = augmentation.HorizontalFlipProbability,
            JitterProbability = augmentation.ColorJitterProbability,
            Brightness = augmentation.Brightness,
            Contrast = augmentation.Contrast,
            Saturation = augmentation.Saturation,
            Hue = augmentation.Hue,
            GrayscaleProbability = augmentation.GrayscaleProbability,
            BlurProbability = 0,
            BlurKernelSize = augmentation.BlurKernelSize,
            BlurSigma = augmentation.BlurSigma,
            SolarizeProbability = 0,
            SolarizeThreshold = augmentation.SolarizeThreshold,
        };
    }

    private ColorJitter DrawJitter(RandomStream random)
    {
        Span<ColorAdjustment> order = [ColorAdjustment.Brightness, ColorAdjustment.Contrast, ColorAdjustment.Saturation, ColorAdjustment.Hue];
        random.Shuffle(order);
        return new ColorJitter(
            random.Uniform(Math.Max(0, 1 - Brightness), 1 + Brightness),
            random.Uniform(Math.Max(0, 1 - Contrast), 1 + Contrast),
            random.Uniform(Math.Max(0, 1 - Saturation), 1 + Saturation),
            random.Uniform(-Hue, Hue),
            ColorJitter.Pack(order));
    }
}
