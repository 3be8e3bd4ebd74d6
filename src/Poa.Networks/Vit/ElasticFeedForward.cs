using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Parameters of the feed-forward half of a block.</summary>
internal abstract class ElasticFeedForward(string name) : nn.Module(name)
{
    /// <summary>First and last layer of a sub-network.</summary>
    /// <param name="width">Active channels D.</param>
    /// <param name="hidden">Active hidden channels.</param>
    /// <param name="layerScale_D">LayerScale to fold into the last layer, or null.</param>
    internal abstract (LinearWeights Expand, LinearWeights Contract) Slice(Channels width, Channels hidden, Tensor? layerScale_D);
}

/// <summary>Two linear layers with GELU between.</summary>
internal sealed class ElasticMlp : ElasticFeedForward
{
    internal readonly ElasticLinear fc1;
    internal readonly ElasticLinear fc2;

    internal ElasticMlp(ViTArchitecture architecture, Initialisation initialisation)
        : base(nameof(ElasticMlp))
    {
        fc1 = new ElasticLinear(architecture.MaxEmbedDim, architecture.MaxHiddenDim, architecture.FfnBias, initialisation, architecture.AlphaScaling);
        fc2 = new ElasticLinear(architecture.MaxHiddenDim, architecture.MaxEmbedDim, architecture.FfnBias, initialisation, architecture.AlphaScaling);
        RegisterComponents();
    }

    internal override (LinearWeights Expand, LinearWeights Contract) Slice(Channels width, Channels hidden, Tensor? layerScale_D) =>
        (fc1.Slice(width, hidden), fc2.Slice(hidden, width, layerScale_D));
}

/// <summary>
/// silu(x W1) * (x W2), then W3; W1 and W2 in one weight. Alpha applies to both layers as in every linear layer (§3.2). The authors'
/// xFormers path leaves it out here, their plain path does not; this is the plain one.
/// </summary>
internal sealed class ElasticSwiGlu : ElasticFeedForward
{
    internal readonly ElasticLinear w12;
    internal readonly ElasticLinear w3;

    internal ElasticSwiGlu(ViTArchitecture architecture, Initialisation initialisation)
        : base(nameof(ElasticSwiGlu))
    {
        w12 = new ElasticLinear(architecture.MaxEmbedDim, architecture.MaxHiddenDim, architecture.FfnBias, initialisation, architecture.AlphaScaling, groups: 2);
        w3 = new ElasticLinear(architecture.MaxHiddenDim, architecture.MaxEmbedDim, architecture.FfnBias, initialisation, architecture.AlphaScaling);
        RegisterComponents();
    }

    internal override (LinearWeights Expand, LinearWeights Contract) Slice(Channels width, Channels hidden, Tensor? layerScale_D) =>
        (w12.Slice(width, hidden), w3.Slice(hidden, width, layerScale_D));
}
