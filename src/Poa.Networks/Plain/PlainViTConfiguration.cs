using Poa.Elastic;

namespace Poa.Networks;

/// <summary>Shape of a plain vision transformer, whose position table is made for images of its size.</summary>
public sealed record PlainViTConfiguration : PlainConfiguration
{
    /// <summary>Side of a patch in pixels.</summary>
    public required int PatchSize { get; init; }

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

    /// <inheritdoc/>
    public override int SizeDivisor => PatchSize;

    /// <inheritdoc/>
    public override int FeatureWidth => EmbedDim;

    /// <inheritdoc/>
    public override string Kind => "a plain vision transformer";

    /// <summary>Rows of the feed-forward's first weight: both gates in one for SwiGLU.</summary>
    internal int ExpandedDim => FeedForward == FeedForward.SwiGlu ? 2 * HiddenDim : HiddenDim;

    /// <summary>Names and shapes of all weights, by timm's names of its VisionTransformer.</summary>
    internal override IReadOnlyList<KeyValuePair<string, long[]>> Shapes()
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
