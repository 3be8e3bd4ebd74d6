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

    /// <summary>The block of a sub-network of <paramref name="width"/> channels.</summary>
    internal BlockWeights Slice(int width)
    {
        var (expand, contract) = mlp.Slice(width, _architecture.HiddenDim(width), ls2?.Slice(width));
        return new BlockWeights(
            _architecture.HeadDim,
            norm1.Slice(width),
            attn.qkv.Slice(width, width),
            attn.proj.Slice(width, width, ls1?.Slice(width)),
            norm2.Slice(width),
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
