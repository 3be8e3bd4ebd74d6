using System.Collections.Immutable;
using Poa.Data.Imaging;

namespace Poa.Evaluation.Detection.Data;

/// <summary>How images become inputs of a detector. The defaults are those of the paper's COCO evaluation.</summary>
public sealed record DetectionImageOptions
{
    /// <summary>Probability that a training image is mirrored.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Short sides that a training image is resized to, one drawn, in pixels.</summary>
    public ImmutableArray<int> ShortSides { get; init; } = [480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800];

    /// <summary>Longest a side may become, in pixels; the short side gives way.</summary>
    public int LongSide { get; init; } = 1333;

    /// <summary>Probability of the second policy, which resizes, crops and resizes again.</summary>
    public double CropProbability { get; init; } = 0.5;

    /// <summary>Short sides before the crop, one drawn, in pixels.</summary>
    public ImmutableArray<int> ShortSidesBeforeCrop { get; init; } = [400, 500, 600];

    /// <summary>Least pixels of each side of the crop; the whole side where it is shorter.</summary>
    public int CropLeast { get; init; } = 384;

    /// <summary>Most pixels of each side of the crop.</summary>
    public int CropMost { get; init; } = 600;

    /// <summary>Short side of test images, in pixels; the long side is limited by <see cref="LongSide"/>.</summary>
    public int TestShortSide { get; init; } = 800;

    /// <summary>Sides are padded with zeros to a multiple of this, in pixels.</summary>
    public int PadDivisor { get; init; } = 32;

    /// <summary>Training images with a shorter side are left out, in pixels.</summary>
    public int MinSide { get; init; } = 32;

    /// <summary>How pixels are normalised for the network.</summary>
    public Normalisation Normalisation { get; init; } = Normalisation.ImageNet;

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        RequireShare(FlipProbability, nameof(FlipProbability));
        RequireShare(CropProbability, nameof(CropProbability));
        RequireSides(ShortSides, nameof(ShortSides));
        RequireSides(ShortSidesBeforeCrop, nameof(ShortSidesBeforeCrop));
        foreach (var (value, name) in new[] { (LongSide, nameof(LongSide)), (CropLeast, nameof(CropLeast)), (TestShortSide, nameof(TestShortSide)), (PadDivisor, nameof(PadDivisor)), (MinSide, nameof(MinSide)) })
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(CropMost, CropLeast, nameof(CropMost));
    }

    private static void RequireShare(double value, string name)
    {
        if (value is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"Detection: {name} is {value}; a probability lies in [0, 1].");
        }
    }

    private static void RequireSides(ImmutableArray<int> sides, string name)
    {
        if (sides.IsDefaultOrEmpty || sides.Any(side => side < 1))
        {
            throw new ArgumentException($"Detection: {name} must hold at least one number of pixels, each at least 1.");
        }
    }
}
