using System.Collections.Immutable;
using Poa.Elastic;

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

/// <summary>Shape of a plain vision transformer, and the pixels it expects: all that is needed beside its weights.</summary>
public sealed record PlainViTConfiguration
{
    /// <summary>Side in pixels of the square images the position table is made for.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Side of a patch in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Channels of an image.</summary>
    public required int InChannels { get; init; }

    /// <summary>Embedding width D.</summary>
    public required int EmbedDim { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Channels per attention head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Hidden channels of the feed-forward (for SwiGLU: of each of its two gates).</summary>
    public required int HiddenDim { get; init; }

    /// <summary>Kind of feed-forward layer.</summary>
    public FeedForward FeedForward { get; init; } = FeedForward.Mlp;

    /// <summary>Whether qkv has a bias.</summary>
    public bool QkvBias { get; init; } = true;

    /// <summary>Whether the attention projection and the feed-forward layers have biases (timm knows one switch for all of them).</summary>
    public bool ProjBias { get; init; } = true;

    /// <summary>Whether there is LayerScale.</summary>
    public bool LayerScale { get; init; } = true;

    /// <summary>What pixels the network expects; its number of channels is <see cref="InChannels"/>.</summary>
    public ImagePreprocessing Preprocessing { get; init; } = ImagePreprocessing.ImageNet;

    /// <summary>Rows of the feed-forward's first weight: both gates in one for SwiGLU.</summary>
    internal int ExpandedDim => FeedForward == FeedForward.SwiGlu ? 2 * HiddenDim : HiddenDim;

    /// <summary>Names and shapes of all weights, by timm's names of its VisionTransformer.</summary>
    internal IReadOnlyList<KeyValuePair<string, long[]>> Shapes()
    {
        var shapes = new List<KeyValuePair<string, long[]>>();
        long patches = (long)(ImageSize / PatchSize) * (ImageSize / PatchSize);
        Add("cls_token", 1, 1, EmbedDim);
        Add("pos_embed", 1, 1 + patches, EmbedDim);
        Add("patch_embed.proj.weight", EmbedDim, InChannels, PatchSize, PatchSize);
        Add("patch_embed.proj.bias", EmbedDim);
        for (var i = 0; i < Depth; i++)
        {
            AddBlock($"blocks.{i}");
        }

        AddNorm("norm");
        return shapes;

        void AddBlock(string block)
        {
            AddNorm($"{block}.norm1");
            AddLinear($"{block}.attn.qkv", 3 * EmbedDim, EmbedDim, QkvBias);
            AddLinear($"{block}.attn.proj", EmbedDim, EmbedDim, ProjBias);
            AddScale($"{block}.ls1");
            AddNorm($"{block}.norm2");
            AddLinear($"{block}.mlp.fc1", ExpandedDim, EmbedDim, ProjBias);
            AddLinear($"{block}.mlp.fc2", EmbedDim, HiddenDim, ProjBias);
            AddScale($"{block}.ls2");
        }

        void AddNorm(string name)
        {
            Add($"{name}.weight", EmbedDim);
            Add($"{name}.bias", EmbedDim);
        }

        void AddLinear(string name, long rows, long columns, bool bias)
        {
            Add($"{name}.weight", rows, columns);
            if (bias)
            {
                Add($"{name}.bias", rows);
            }
        }

        void AddScale(string name)
        {
            if (LayerScale)
            {
                Add($"{name}.gamma", EmbedDim);
            }
        }

        void Add(string name, params long[] shape) => shapes.Add(KeyValuePair.Create(name, shape));
    }
}
