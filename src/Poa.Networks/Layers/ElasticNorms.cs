using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Weight and bias of a norm; one level of the reference's state-dict names (<c>….norm.weight</c>).</summary>
internal sealed class NormParameters : nn.Module
{
    internal readonly Parameter weight;
    internal readonly Parameter bias;

    internal NormParameters(int width, Initialisation initialisation)
        : base(nameof(NormParameters))
    {
        weight = initialisation.Constant(1, width);
        bias = initialisation.Constant(0, width);
        RegisterComponents();
    }
}

/// <summary>A LayerNorm over the active channels, with the leading entries of its weight and bias; no alpha.</summary>
internal sealed class ElasticLayerNorm : nn.Module
{
    internal readonly NormParameters norm;

    private readonly double _epsilon;

    internal ElasticLayerNorm(int maxWidth, Initialisation initialisation, double epsilon = Elastic.ViTArchitecture.LayerNormEpsilon)
        : base(nameof(ElasticLayerNorm))
    {
        _epsilon = epsilon;
        norm = new NormParameters(maxWidth, initialisation);
        RegisterComponents();
    }

    /// <summary>The norm of a sub-network.</summary>
    internal NormWeights Slice(Channels channels) => new(channels.Of(norm.weight, 0), channels.Of(norm.bias, 0), _epsilon);
}

/// <summary>LayerScale: a factor per channel on what a residual branch adds.</summary>
internal sealed class ElasticLayerScale : nn.Module
{
    internal readonly Parameter gamma;

    internal ElasticLayerScale(int maxWidth, double initialValue, Initialisation initialisation)
        : base(nameof(ElasticLayerScale))
    {
        gamma = initialisation.Constant(initialValue, maxWidth);
        RegisterComponents();
    }

    /// <summary>The factors of a sub-network.</summary>
    internal Tensor Slice(Channels channels) => channels.Of(gamma, 0);
}
