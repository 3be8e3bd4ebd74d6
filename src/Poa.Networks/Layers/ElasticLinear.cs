using Poa.Elastic;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Weight and bias of a linear layer; one level of the reference's state-dict names (<c>….linear.weight</c>).</summary>
internal sealed class LinearParameters : nn.Module
{
    internal readonly Parameter weight;
    internal readonly Parameter? bias;

    internal LinearParameters(Parameter weight, Parameter? bias)
        : base(nameof(LinearParameters))
    {
        this.weight = weight;
        this.bias = bias;
        RegisterComponents();
    }
}

/// <summary>
/// A linear layer of which a sub-network uses the leading rows and columns, with alpha = in_max / in (arXiv 2408.01031 §3.2).
/// Its rows may form several groups of equal size, of each of which the leading rows are taken (q, k and v; the two gates of SwiGLU).
/// </summary>
internal sealed class ElasticLinear : nn.Module
{
    internal readonly LinearParameters linear;

    private readonly int _maxIn;
    private readonly int _maxOut;
    private readonly int _groups;
    private readonly bool _isScaled;

    /// <param name="maxIn">Input channels of the intact layer.</param>
    /// <param name="maxOut">Output channels of the intact layer, per group.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="initialisation">Gives the weights.</param>
    /// <param name="isScaled">Whether alpha applies.</param>
    /// <param name="groups">Number of row groups.</param>
    internal ElasticLinear(int maxIn, int maxOut, bool bias, Initialisation initialisation, bool isScaled, int groups = 1)
        : this(maxIn, maxOut, groups, isScaled, new LinearParameters(
            initialisation.TruncatedNormal((long)groups * maxOut, maxIn),
            bias ? initialisation.Constant(0, (long)groups * maxOut) : null))
    {
    }

    private ElasticLinear(int maxIn, int maxOut, int groups, bool isScaled, LinearParameters parameters)
        : base(nameof(ElasticLinear))
    {
        (_maxIn, _maxOut, _groups, _isScaled, linear) = (maxIn, maxOut, groups, isScaled, parameters);
        RegisterComponents();
    }

    /// <summary>A layer that starts from PyTorch's default distributions, as those of the authors' Swin do.</summary>
    /// <inheritdoc cref="ElasticLinear(int, int, bool, Initialisation, bool, int)" path="/param"/>
    internal static ElasticLinear WithDefaultStart(int maxIn, int maxOut, bool bias, Initialisation initialisation, bool isScaled, int groups = 1) =>
        new(maxIn, maxOut, groups, isScaled, new LinearParameters(
            initialisation.FanInUniform(maxIn, (long)groups * maxOut, maxIn),
            bias ? initialisation.FanInUniform(maxIn, (long)groups * maxOut) : null));

    /// <summary>
    /// The layer of a sub-network. Alpha and <paramref name="rowScale_E"/> go into the weight, not into the activations as in the authors'
    /// code: a batch has more rows than the weight, so this is the cheaper side, and it makes the slice contiguous at the same time.
    /// </summary>
    /// <param name="channelsIn">Active input channels.</param>
    /// <param name="channelsOut">Active output channels E, of each group.</param>
    /// <param name="rowScale_E">Factors on the outputs (LayerScale), [E], or null; only without groups.</param>
    internal LinearWeights Slice(Channels channelsIn, Channels channelsOut, Tensor? rowScale_E = null)
    {
        Tensor weight = linear.weight;
        var bias = (Tensor?)linear.bias;
        var (widthIn, widthOut) = (channelsIn.Count, channelsOut.Count);
        if (widthIn < _maxIn || widthOut < _maxOut)
        {
            weight = channelsIn.Of(channelsOut.Of(weight.view(_groups, _maxOut, _maxIn), 1), 2);
            bias = bias is null ? null : channelsOut.Of(bias.view(_groups, _maxOut), 1).reshape(-1);
        }

        var alpha = ElasticWidth.Alpha(_maxIn, widthIn, _isScaled);
        if (rowScale_E is not null)
        {
            weight *= (alpha == 1 ? rowScale_E : rowScale_E.Times(alpha)).unsqueeze(-1);
            bias = bias is null ? null : bias * rowScale_E;
        }
        else if (alpha != 1)
        {
            weight = weight.Times(alpha);
        }

        return new LinearWeights(weight.reshape((long)_groups * widthOut, widthIn), bias);
    }
}
