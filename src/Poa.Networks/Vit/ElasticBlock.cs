using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Parameters of one transformer block of the intact network.</summary>
internal sealed class ElasticBlock : nn.Module
{
    internal readonly ElasticLayerNorm norm1;
    internal readonly ElasticAttention attn;
    internal readonly ElasticLayerScale? ls1;
    internal readonly ElasticLayerNorm norm2;
    internal readonly ElasticFeedForward mlp;
    internal readonly ElasticLayerScale? ls2;

    private readonly ViTArchitecture _architecture;

    internal ElasticBlock(ViTArchitecture architecture, Initialisation initialisation)
        : base(nameof(ElasticBlock))
    {
        _architecture = architecture;
        var max = architecture.MaxEmbedDim;
        norm1 = new ElasticLayerNorm(max, initialisation);
        attn = new ElasticAttention(architecture, initialisation);
        ls1 = NewLayerScale();
        norm2 = new ElasticLayerNorm(max, initialisation);
        mlp = architecture.FeedForward switch
        {
            FeedForward.Mlp => new ElasticMlp(architecture, initialisation),
            FeedForward.SwiGlu => new ElasticSwiGlu(architecture, initialisation),
            _ => throw new NotSupportedException($"There is no elastic form of the feed-forward kind {architecture.FeedForward}."),
        };
        ls2 = NewLayerScale();
        RegisterComponents();

        ElasticLayerScale? NewLayerScale() =>
            architecture.LayerScale is { } value ? new ElasticLayerScale(max, value, initialisation) : null;
    }

    /// <summary>The block of a sub-network.</summary>
    /// <param name="index">Number of the block.</param>
    /// <param name="stream">Channels of the residual stream.</param>
    /// <param name="draw">Chooses heads and hidden channels; null for the leading ones.</param>
    internal BlockWeights Slice(int index, Channels stream, ChannelDraw? draw = null)
    {
        var (max, headDim, width) = (_architecture.MaxEmbedDim, _architecture.HeadDim, stream.Count);
        var heads = ChannelDraw.Take(draw, 1 + (2 * index), max / headDim, width / headDim).OfHeads(headDim);
        var hidden = ChannelDraw.Take(draw, 2 + (2 * index), _architecture.MaxHiddenDim, _architecture.HiddenDim(width));
        var (expand, contract) = mlp.Slice(stream, hidden, ls2?.Slice(stream));
        return new BlockWeights(
            headDim,
            norm1.Slice(stream),
            attn.qkv.Slice(stream, heads),
            attn.proj.Slice(heads, stream, ls1?.Slice(stream)),
            norm2.Slice(stream),
            expand,
            contract,
            mlp is ElasticSwiGlu);
    }
}

/// <summary>Parameters of attention: head_dim is the same at every width, so a narrower network has fewer heads.</summary>
internal sealed class ElasticAttention : nn.Module
{
    internal readonly ElasticLinear qkv;
    internal readonly ElasticLinear proj;

    internal ElasticAttention(ViTArchitecture architecture, Initialisation initialisation)
        : base(nameof(ElasticAttention))
    {
        var max = architecture.MaxEmbedDim;
        qkv = new ElasticLinear(max, max, architecture.QkvBias, initialisation, architecture.AlphaScaling, groups: 3);
        proj = new ElasticLinear(max, max, architecture.ProjBias, initialisation, architecture.AlphaScaling);
        RegisterComponents();
    }
}
