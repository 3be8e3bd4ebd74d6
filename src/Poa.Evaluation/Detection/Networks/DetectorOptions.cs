using System.Collections.Immutable;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>Sizes and rules of the detector. The defaults are those of the paper's Cascade Mask R-CNN.</summary>
public sealed record DetectorOptions
{
    /// <summary>Channels of the feature pyramid, and of what works on it.</summary>
    public int PyramidChannels { get; init; } = 256;

    /// <summary>3 x 3 convolutions of a box head.</summary>
    public int BoxConvolutions { get; init; } = 4;

    /// <summary>Channels of a box head's convolutions.</summary>
    public int BoxChannels { get; init; } = 256;

    /// <summary>Units of a box head's fully connected layer.</summary>
    public int BoxUnits { get; init; } = 1024;

    /// <summary>Whether there are mask heads; without them only boxes are trained and scored.</summary>
    public bool HasMasks { get; init; } = true;

    /// <summary>3 x 3 convolutions of a mask head.</summary>
    public int MaskConvolutions { get; init; } = 4;

    /// <summary>Channels of a mask head.</summary>
    public int MaskChannels { get; init; } = 256;

    /// <summary>Cells a side of a region's features for boxes.</summary>
    public int BoxRegionSize { get; init; } = 7;

    /// <summary>Cells a side of a region's features for masks; masks have twice as many.</summary>
    public int MaskRegionSize { get; init; } = 14;

    /// <summary>Regions are read from the finest map while the root of their area is below twice so many of its cells; each doubling is a map more.</summary>
    public int FinestRegionCells { get; init; } = 14;

    /// <summary>Sides of anchors in units of a map's stride.</summary>
    public ImmutableArray<double> AnchorScales { get; init; } = [8];

    /// <summary>Heights of anchors over their widths.</summary>
    public ImmutableArray<double> AnchorRatios { get; init; } = [0.5, 1, 2];

    /// <summary>Proposals an image in training: of each map before suppression, and in all after it.</summary>
    public int TrainingProposals { get; init; } = 2000;

    /// <summary>The same in testing.</summary>
    public int TestProposals { get; init; } = 1000;

    /// <summary>Overlap above which the worse of two proposals of a map is dropped.</summary>
    public double ProposalOverlap { get; init; } = 0.7;

    /// <summary>Anchors an image that the proposals' losses are computed on, at most half of them positive.</summary>
    public int AnchorSamples { get; init; } = 256;

    /// <summary>Regions an image that a stage's losses are computed on, at most a quarter of them positive.</summary>
    public int RegionSamples { get; init; } = 512;

    /// <summary>The cascade's stages.</summary>
    public ImmutableArray<CascadeStage> Stages { get; init; } =
    [
        new(0.5, 1, [0.1, 0.1, 0.2, 0.2]),
        new(0.6, 0.5, [0.05, 0.05, 0.1, 0.1]),
        new(0.7, 0.25, [0.033, 0.033, 0.067, 0.067]),
    ];

    /// <summary>Detections need a score above this.</summary>
    public double ScoreThreshold { get; init; } = 0.05;

    /// <summary>Overlap above which the worse of two detections of a class is dropped.</summary>
    public double DetectionOverlap { get; init; } = 0.5;

    /// <summary>Detections an image, all classes together.</summary>
    public int MaxDetections { get; init; } = 100;

    /// <summary>Probability from which a pixel belongs to a mask.</summary>
    public double MaskThreshold { get; init; } = 0.5;

    /// <summary>
    /// Small enough for two cores: narrow and shallow heads, few proposals and samples. Convolutions of box heads would take most of a step
    /// and find no better boxes within a few hundred steps.
    /// </summary>
    public static DetectorOptions Quick { get; } = new()
    {
        PyramidChannels = 64,
        BoxConvolutions = 0,
        BoxUnits = 128,
        MaskConvolutions = 1,
        MaskChannels = 32,
        TrainingProposals = 200,
        TestProposals = 100,
        AnchorSamples = 128,
        RegionSamples = 32,
    };

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        foreach (var (value, name) in new[]
        {
            (PyramidChannels, nameof(PyramidChannels)), (BoxChannels, nameof(BoxChannels)), (BoxUnits, nameof(BoxUnits)), (MaskChannels, nameof(MaskChannels)),
            (BoxRegionSize, nameof(BoxRegionSize)), (MaskRegionSize, nameof(MaskRegionSize)), (FinestRegionCells, nameof(FinestRegionCells)),
            (TrainingProposals, nameof(TrainingProposals)), (TestProposals, nameof(TestProposals)), (AnchorSamples, nameof(AnchorSamples)),
            (RegionSamples, nameof(RegionSamples)), (MaxDetections, nameof(MaxDetections)),
        })
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        }

        ArgumentOutOfRangeException.ThrowIfNegative(BoxConvolutions, nameof(BoxConvolutions));
        ArgumentOutOfRangeException.ThrowIfNegative(MaskConvolutions, nameof(MaskConvolutions));
        if (Stages.IsDefaultOrEmpty || Stages.Any(stage => stage.Overlap is not (> 0 and < 1) || !(stage.LossWeight > 0) || stage.Deviations.Length != 4))
        {
            throw new ArgumentException($"Detector: {nameof(Stages)} must hold at least one stage, each with an overlap between 0 and 1, a positive loss weight and four deviations.");
        }

        if (AnchorScales.IsDefaultOrEmpty || AnchorRatios.IsDefaultOrEmpty)
        {
            throw new ArgumentException($"Detector: {nameof(AnchorScales)} and {nameof(AnchorRatios)} must not be empty.");
        }
    }
}

/// <summary>A stage of the cascade.</summary>
/// <param name="Overlap">Least overlap with an object for a region to be positive.</param>
/// <param name="LossWeight">Factor of its losses.</param>
/// <param name="Deviations">Divisors of its box deltas: x, y, width, height.</param>
public sealed record CascadeStage(double Overlap, double LossWeight, ImmutableArray<double> Deviations);
