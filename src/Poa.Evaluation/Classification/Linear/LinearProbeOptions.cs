using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>
/// How linear classifiers are trained on frozen features. The defaults are DINOv2's protocol (arXiv 2304.07193) as the authors of POA
/// run it: 13 learning rates x the last 1 or 4 blocks x average pooling or not, trained at once; the best on the validation set counts.
/// The authors' mixed precision is float32 here.
/// </summary>
public sealed record LinearProbeOptions
{
    /// <summary>Learning rates for a batch of 256 images, positive; each is multiplied by batch size / 256.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1];

    /// <summary>How many blocks' class tokens a classifier sees, each in [1, 4]. See <see cref="ProbeBlocks"/> for shallow networks.</summary>
    public IReadOnlyList<int> LastBlocks { get; init; } = [1, 4];

    /// <summary>Which blocks these are.</summary>
    public BlockChoice Blocks { get; init; } = BlockChoice.Spaced;

    /// <summary>Whether the mean of the last block's patch tokens is appended; both by default.</summary>
    public IReadOnlyList<bool> AveragePooling { get; init; } = [false, true];

    /// <summary>Epochs, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Steps of an epoch; null for one pass over the training images.</summary>
    public int? EpochLength { get; init; } = 1250;

    /// <summary>Images of a step: the authors' 256 on each of 8 cards (DINOv2 has 128).</summary>
    public int BatchSize { get; init; } = 2048;

    /// <summary>Images of a forward pass; another number may change last bits.</summary>
    public int ForwardBatch { get; init; } = 128;

    /// <summary>Momentum of SGD; there is no weight decay.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Order of images, crops and initial weights are a function of it.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// The quick form: features are computed once, without augmentation, and the classifiers are trained on these. Otherwise every step
    /// computes the features of freshly cropped images.
    /// </summary>
    public bool CachedFeatures { get; init; }

    /// <summary>Random crops of training images, area and aspect ratio.</summary>
    public RandomCrop Crop { get; init; } = new(new Interval(0.08, 1), new Interval(3 / 4.0, 4 / 3.0));

    /// <summary>Probability of mirroring a training image.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Pixels of a validation image's shorter side before the crop.</summary>
    public int ResizeSize { get; init; } = 256;

    /// <summary>Pixels per side of the images that the network sees.</summary>
    public int CropSize { get; init; } = 224;

    /// <summary>How pixels are normalised for the network.</summary>
    public Normalisation Normalisation { get; init; } = Normalisation.ImageNet;

    /// <summary>
    /// Where checkpoints of the classifiers are kept, in a folder for each sub-network; those that are there are continued, on CPU bit for bit.
    /// Null for none. The quick form, which takes minutes, keeps none.
    /// </summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Steps between two checkpoints; there is another one where an evaluation is cancelled.</summary>
    public int CheckpointEvery { get; init; } = 1250;

    /// <summary>
    /// Memory for the classifiers of a pass, with their momenta and features, in bytes: sub-networks beyond it are left for another
    /// pass over the images. Results do not depend on it.
    /// </summary>
    public long PassBytes { get; init; } = 8L << 30;

    /// <summary>Threads that decode images; they change speed only.</summary>
    public int LoaderThreads { get; init; } = 1;

    /// <summary>Leave unreadable validation images out and put others in the place of training images, instead of failing.</summary>
    public bool AllowUnreadable { get; init; }

    /// <summary>Where features are kept meanwhile; the quick form's take 4 bytes * images * (blocks + 1) * the sum of the networks' widths.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <summary>SHA-256 of the evaluated weights, for the protocol; null where there is none.</summary>
    public string? CheckpointSha256 { get; init; }

    /// <summary>For small machines: cached features, five of the learning rates, ten passes over the images in batches of 256.</summary>
    public static LinearProbeOptions Quick { get; } = new()
    {
        CachedFeatures = true,
        LearningRates = [1e-3, 5e-3, 2e-2, 5e-2, 0.1],
        EpochLength = null,
        BatchSize = 256,
    };

    /// <summary>These options with a run's image size and normalisation.</summary>
    public LinearProbeOptions For(PoaConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return this with
        {
            ResizeSize = configuration.KnnResizeSize,
            CropSize = configuration.KnnImageSize,
            Normalisation = new(configuration.Augmentation.Mean, configuration.Augmentation.StandardDeviation),
        };
    }

    /// <summary>Steps in all for a training set.</summary>
    /// <param name="images">Images of the set.</param>
    public long StepsFor(int images) => (long)Epochs * (EpochLength ?? ((images + (long)BatchSize - 1) / BatchSize));

    /// <exception cref="ArgumentException">A value is out of range; the message names it and the range.</exception>
    public void Validate()
    {
        Require(LearningRates.Count > 0 && LearningRates.All(rate => rate > 0 && double.IsFinite(rate)) && AllDiffer(LearningRates),
            "learning_rates", $"[{string.Join(", ", LearningRates)}]", "different positive numbers, at least one");
        Require(LastBlocks.Count > 0 && LastBlocks.All(n => n is >= 1 and <= 4) && AllDiffer(LastBlocks),
            "blocks", $"[{string.Join(", ", LastBlocks)}]", "different numbers in [1, 4], at least one");
        Require(AveragePooling.Count > 0 && AllDiffer(AveragePooling), "avgpool", $"[{string.Join(", ", AveragePooling)}]", "false, true or both");
        Require(Epochs >= 1, "epochs", Epochs, "at least 1");
        Require(EpochLength is null or >= 1, "epoch_length", EpochLength ?? 0, "at least 1");
        Require(BatchSize >= 1, "batch_size", BatchSize, "at least 1");
        Require(ForwardBatch >= 1, "forward_batch", ForwardBatch, "at least 1");
        Require(Momentum is >= 0 and < 1, "momentum", Momentum, "in [0, 1)");
        Require(FlipProbability is >= 0 and <= 1, "flip", FlipProbability, "in [0, 1]");
        Require(Crop.Scale is { Min: > 0, Max: <= 1 } scale && scale.Min <= scale.Max, "crop_scale", $"[{Crop.Scale.Min}, {Crop.Scale.Max}]", "an interval within (0, 1]");
        Require(CropSize >= 1 && ResizeSize >= CropSize, "resize_size", ResizeSize, $"at least the image size {CropSize}");
        Require(CheckpointEvery >= 1, "checkpoint_every", CheckpointEvery, "at least 1");
    }

    private static bool AllDiffer<T>(IReadOnlyList<T> values) => values.Distinct().Count() == values.Count;

    private static void Require(bool holds, string name, object value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"Linear probe: {name} is {value}; it must be {range}."));
        }
    }
}
