using System.Collections.Immutable;
using Poa.Elastic;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Networks;
using Poa.Networks;

namespace Poa.Evaluation.Detection;

/// <summary>How a sub-network is scored on COCO. The defaults are the paper's protocol; presets change some of them.</summary>
public sealed record CocoBenchmarkOptions
{
    /// <summary>Sizes and rules of the detector.</summary>
    public DetectorOptions Detector { get; init; } = new();

    /// <summary>What is done to images.</summary>
    public DetectionImageOptions Images { get; init; } = new();

    /// <summary>How the detector is trained.</summary>
    public CocoTrainingOptions Training { get; init; } = new();

    /// <summary>
    /// Limits of detections per image and category that figures are given for: mmdet's (100, 300, 1000) by default, while pycocotools takes
    /// (1, 10, 100). With at most 100 detections an image only the average recalls differ.
    /// </summary>
    public ImmutableArray<int> MaxDetections { get; init; } = [100, 300, 1000];

    /// <summary>SHA-256 of the evaluated weights, for the protocol; null where there is none.</summary>
    public string? CheckpointSha256 { get; init; }

    /// <summary>
    /// The paper's settings. It has them for widths 384 and 768; other widths take those of the nearer one, 576 those of 768.
    /// </summary>
    /// <param name="subNetwork">What is evaluated.</param>
    public static CocoBenchmarkOptions Paper(SubNetwork subNetwork)
    {
        const int Between = (384 + 768) / 2;
        return subNetwork.Width >= Between
            ? new()
            : new() { Training = new() { LearningRate = 3e-4, LayerDecayRate = 0.7, DropPathRate = 0.1, PositionGrid = new TokenGrid(50, 63) } };
    }

    /// <summary>
    /// For small machines and small images: narrow heads, a frozen backbone, a few hundred steps, images at about their own size. Figures are far
    /// below those of the paper's protocol and only comparable with each other.
    /// </summary>
    /// <param name="patchSize">Of the backbone, in pixels.</param>
    /// <param name="imageSide">Side that images are brought to, in pixels.</param>
    /// <param name="coarsest">Stride of the backbone's coarsest map; null for that of a ViT's.</param>
    public static CocoBenchmarkOptions Quick(int patchSize, int imageSide = 112, int? coarsest = null)
    {
        var divisor = coarsest ?? (patchSize == 8 ? 4 * patchSize : 2 * patchSize);
        return new()
        {
            Detector = DetectorOptions.Quick,
            Images = new()
            {
                ShortSides = [imageSide * 3 / 4, imageSide * 7 / 8, imageSide],
                LongSide = imageSide * 5 / 3,
                CropProbability = 0,
                TestShortSide = imageSide,
                PadDivisor = divisor,
                MinSide = 16,
            },
            Training = new()
            {
                BatchSize = 4,
                Iterations = 300,
                DecayEpochs = [],
                WarmupIterations = 30,
                WarmupRatio = 0.01,
                LearningRate = 2e-3,
                LayerDecayRate = 1,
                DropPathRate = 0,
                IsFrozen = true,
                PositionGrid = null,
                CheckpointEvery = 50,
            },
        };
    }

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Detector.Validate();
        Images.Validate();
        Training.Validate();
        new Coco.CocoScoringOptions { MaxDetections = MaxDetections }.Check();
    }
}
