using System.Collections.Immutable;
using TorchSharp;

namespace Poa.Networks;

/// <summary>What pixels a network expects.</summary>
public sealed record ImagePreprocessing
{
    /// <summary>ImageNet's mean and deviation, bicubic resizing.</summary>
    public static ImagePreprocessing ImageNet { get; } = new()
    {
        Mean = [0.485, 0.456, 0.406],
        StandardDeviation = [0.229, 0.224, 0.225],
    };

    /// <summary>Subtracted from pixel values in [0, 1], per channel.</summary>
    public required ImmutableArray<double> Mean { get; init; }

    /// <summary>Divides them afterwards, per channel.</summary>
    public required ImmutableArray<double> StandardDeviation { get; init; }

    /// <summary>How images are resized.</summary>
    public string Interpolation { get; init; } = "bicubic";
}

/// <summary>Shape of an extracted network, and the pixels it expects: all that is needed beside its weights.</summary>
public abstract record PlainConfiguration
{
    /// <summary>Side in pixels of the square images it was trained on.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Channels of an image.</summary>
    public required int InChannels { get; init; }

    /// <summary>What pixels the network expects; its number of channels is <see cref="InChannels"/>.</summary>
    public ImagePreprocessing Preprocessing { get; init; } = ImagePreprocessing.ImageNet;

    /// <summary>Both sides of an image are multiples of this, in pixels.</summary>
    public abstract int SizeDivisor { get; }

    /// <summary>Channels of the feature of an image.</summary>
    public abstract int FeatureWidth { get; }

    /// <summary>What such a network is called, with an article, for people: <c>a plain vision transformer</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Names and shapes of all weights.</summary>
    internal abstract IReadOnlyList<KeyValuePair<string, long[]>> Shapes();
}

/// <summary>Shape of an extracted network with four stages, each of half the resolution of the one before: Swin or ResNet.</summary>
public abstract record PlainStageConfiguration : PlainConfiguration
{
    /// <summary>Blocks of each stage.</summary>
    public required ImmutableArray<int> Depths { get; init; }

    /// <summary>Channels of each stage's output.</summary>
    public abstract IReadOnlyList<int> StageWidths { get; }

    /// <summary>Pixels along a side of a cell of each stage's output.</summary>
    public abstract IReadOnlyList<int> StageStrides { get; }

    /// <inheritdoc/>
    public override int FeatureWidth => StageWidths[^1];

    /// <summary>Blocks of all stages.</summary>
    public int BlockCount => Depths.Sum();

    /// <summary>
    /// The layer that a parameter belongs to for layer-wise learning rates: 0 for what comes before the first block, 1 .. <see cref="BlockCount"/> for
    /// the blocks through all stages, one more for what follows.
    /// </summary>
    /// <param name="parameter">Its name.</param>
    public abstract int LayerOf(string parameter);

    /// <summary>Runs the network.</summary>
    /// <param name="weights">Exactly those of <see cref="PlainConfiguration.Shapes"/>.</param>
    /// <param name="images_BCHW">[B, C, H, W]</param>
    internal abstract BackboneOutput Forward(IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor images_BCHW);

    /// <summary>The output of every stage, after its norm where there is one: [B, C, h, w] each.</summary>
    /// <param name="weights">As for <see cref="Forward"/>.</param>
    /// <param name="images_BCHW">[B, C, H, W]</param>
    /// <param name="kept">Samples that a residual branch is computed for, by block and branch; null for all.</param>
    internal abstract IReadOnlyList<torch.Tensor> StageMaps(
        IReadOnlyDictionary<string, torch.Tensor> weights, torch.Tensor images_BCHW, Func<int, int, KeptSamples>? kept = null);
}
