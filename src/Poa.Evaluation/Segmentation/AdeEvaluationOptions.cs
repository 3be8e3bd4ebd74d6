using Poa.Data.Segmentation;

namespace Poa.Evaluation.Segmentation;

/// <summary>
/// How ADE20K is evaluated. <see cref="Linear"/>, <see cref="UperNet"/> and <see cref="Quick"/> give whole sets of values; every one of them may be changed.
/// </summary>
public sealed record AdeEvaluationOptions
{
    // The reference's sizes have widths 384, 768 and 1024; between two of them the nearer one's values are taken.
    private const int SmallUpTo = (384 + 768) / 2;
    private const int BaseUpTo = (768 + 1024) / 2;

    /// <summary>What stands on the backbone.</summary>
    public required AdeHead Head { get; init; }

    /// <summary>Resizing, crops and augmentation.</summary>
    public SegmentationTransformOptions Transform { get; init; } = new();

    /// <summary>Pixels between two windows of the test, of the crop's size.</summary>
    public int SlideStride { get; init; } = 341;

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Steps.</summary>
    public long Iterations { get; init; } = 160_000;

    /// <summary>Learning rate of the head.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Factor per layer counted from the head; null for one rate for all and weight decay for biases too.</summary>
    public double? LayerDecayRate { get; init; }

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Whether class token and position embedding have weight decay, as in the reference against its intent; matters where they are trained.</summary>
    public bool DecaysTokens { get; init; } = true;

    /// <summary>Exponent of the learning rate's fall.</summary>
    public double Power { get; init; } = 1;

    /// <summary>Learning rate at the end.</summary>
    public double MinimumLearningRate { get; init; }

    /// <summary>Steps of linear warm-up.</summary>
    public long WarmupIterations { get; init; } = 1500;

    /// <summary>Share of the learning rate at the first step.</summary>
    public double WarmupRatio { get; init; } = 1e-6;

    /// <summary>Drop-path rate of the last block, where the backbone is trained.</summary>
    public double DropPathRate { get; init; }

    /// <summary>Share of channels dropped before the classifiers of UperNet.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Sides of UperNet's pooled maps.</summary>
    public IReadOnlyList<int> PoolScales { get; init; } = [1, 2, 3, 6];

    /// <summary>Channels of UperNet's head; null for the backbone's width.</summary>
    public int? HeadChannels { get; init; }

    /// <summary>Channels of UperNet's auxiliary head.</summary>
    public int AuxiliaryChannels { get; init; } = 256;

    /// <summary>Weight of the auxiliary head's loss.</summary>
    public double AuxiliaryWeight { get; init; } = 0.4;

    /// <summary>What the loss is divided by.</summary>
    public PixelAverage LossAverage { get; init; } = PixelAverage.All;

    /// <summary>Seed of initial weights, data order, augmentation, drop path and dropout.</summary>
    public long Seed { get; init; }

    /// <summary>Steps between two checkpoints.</summary>
    public long CheckpointEvery { get; init; } = 16_000;

    /// <summary>Threads that decode images; they change speed only.</summary>
    public int LoaderThreads { get; init; } = 1;

    /// <summary>SHA-256 of the evaluated checkpoint, for the protocol; null where there is none.</summary>
    public string? CheckpointSha256 { get; init; }

    /// <summary>The reference's linear evaluation at 512 pixels for a network of a width (that of the small, base or large one, whichever is nearest).</summary>
    /// <param name="width">Width of the sub-network.</param>
    public static AdeEvaluationOptions Linear(int width) => new()
    {
        Head = AdeHead.Linear,
        LearningRate = width switch { <= SmallUpTo => 3e-5, <= BaseUpTo => 7e-4, _ => 2e-5 },
    };

    /// <summary>
    /// The reference's UperNet at 512 pixels for a network of a width (that of the small or base one, whichever is nearer; the reference has
    /// none for the large one, which gets the base one's values).
    /// </summary>
    /// <param name="width">Width of the sub-network.</param>
    public static AdeEvaluationOptions UperNet(int width)
    {
        var isSmall = width <= SmallUpTo;
        return new()
        {
            Head = AdeHead.UperNet,
            LearningRate = isSmall ? 6e-5 : 4e-5,
            LayerDecayRate = isSmall ? 0.8 : 0.9,
            MinimumLearningRate = isSmall ? 0 : 1e-7,
            DropPathRate = isSmall ? 0.1 : 0.15,
        };
    }

    /// <summary>A linear evaluation in a few hundred steps on small images, for machines without a GPU. Its figures compare with each other only.</summary>
    /// <param name="patchSize">Patch size of the network; crops are 16 patches wide, 112 pixels for patches of 7.</param>
    public static AdeEvaluationOptions Quick(int patchSize)
    {
        var crop = 16 * patchSize;
        return new()
        {
            Head = AdeHead.Linear,
            LearningRate = 0.01,
            Transform = new() { LongSide = 4 * crop, ShortSide = crop, CropSize = crop },
            SlideStride = 10 * patchSize,
            BatchSize = 8,
            Iterations = 300,
            WarmupIterations = 20,
            WarmupRatio = 0.01,
            CheckpointEvery = 50,
        };
    }

    /// <exception cref="ArgumentException">A value is out of range; the message names it and the range.</exception>
    public void Validate()
    {
        Transform.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(SlideStride, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SlideStride, Transform.CropSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Iterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(WarmupIterations);
        ArgumentOutOfRangeException.ThrowIfNegative(LoaderThreads);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointEvery, 1);
        if (Head == AdeHead.UperNet && BatchSize < 2)
        {
            throw new ArgumentException("UperNet normalises over the images of a batch where its pooled maps have one cell: the batch size must be at least 2; it is 1.");
        }

        if (!(LearningRate > 0) || double.IsInfinity(LearningRate) || WeightDecay < 0 || DropPathRate is not (>= 0 and < 1) || Dropout is not (>= 0 and < 1))
        {
            throw new ArgumentException(
                $"The learning rate ({LearningRate}) must be positive, weight decay ({WeightDecay}) not negative, drop path ({DropPathRate}) and dropout ({Dropout}) in [0, 1).");
        }

        if (LayerDecayRate is not (null or (> 0 and <= 1)) || WarmupRatio is not (> 0 and <= 1) || PoolScales.Count == 0 || PoolScales.Any(s => s < 1))
        {
            throw new ArgumentException(
                $"Layer decay ({LayerDecayRate}) and warm-up ratio ({WarmupRatio}) must lie in (0, 1], pool scales [{string.Join(", ", PoolScales)}] be at least 1.");
        }
    }
}
