using Poa.Elastic;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>Weight of a convolution without bias; one level of the reference's state-dict names (<c>….conv.weight</c>).</summary>
internal sealed class ConvolutionParameters : Module
{
    internal readonly Parameter weight;

    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="initialisation">Gives the weights: PyTorch's default.</param>
    internal ConvolutionParameters(int inChannels, int outChannels, int kernel, Initialisation initialisation)
        : base(nameof(ConvolutionParameters))
    {
        weight = initialisation.FanInUniform((long)inChannels * kernel * kernel, outChannels, inChannels, kernel, kernel);
        RegisterComponents();
    }
}

/// <summary>A convolution of which a sub-network uses the leading outputs and inputs, with alpha = in_max / in (arXiv 2408.01031 §3.2).</summary>
internal sealed class ElasticConvolution : Module
{
    internal readonly ConvolutionParameters conv;

    private readonly int _maxIn;
    private readonly bool _isScaled;

    internal ElasticConvolution(int maxIn, int maxOut, int kernel, Initialisation initialisation, bool isScaled)
        : base(nameof(ElasticConvolution))
    {
        (_maxIn, _isScaled) = (maxIn, isScaled);
        conv = new ConvolutionParameters(maxIn, maxOut, kernel, initialisation);
        RegisterComponents();
    }

    /// <summary>The kernel of a sub-network, alpha folded in: [out, in, k, k].</summary>
    internal Tensor Slice(Channels channelsIn, Channels channelsOut)
    {
        var alpha = ElasticWidth.Alpha(_maxIn, channelsIn.Count, _isScaled);
        var weight = channelsIn.Of(channelsOut.Of(conv.weight, 0), 1);
        return alpha == 1 ? weight : weight.Times(alpha);
    }
}

/// <summary>Parameters of one stage of the intact network.</summary>
internal sealed class ResNetStage : Module
{
    internal readonly ModuleList<Bottleneck> layers;

    private readonly ResNetArchitecture _architecture;
    private readonly int _stage;

    internal ResNetStage(ResNetArchitecture architecture, int stage, Initialisation initialisation)
        : base(nameof(ResNetStage))
    {
        (_architecture, _stage) = (architecture, stage);
        layers = new ModuleList<Bottleneck>(
            [.. Enumerable.Range(0, architecture.MaxDepths[stage]).Select(block => new Bottleneck(architecture, stage, block == 0, initialisation))]);
        RegisterComponents();
    }

    /// <summary>The blocks of a sub-network.</summary>
    /// <param name="width">Middle channels of the sub-network's first stage.</param>
    /// <param name="blocks">Blocks of this stage.</param>
    /// <param name="draw">Chooses middle channels; null for the leading ones.</param>
    internal IReadOnlyList<BottleneckWeights> Slice(int width, int blocks, ChannelDraw? draw = null)
    {
        var middle = ResNetArchitecture.MidChannels(width, _stage);
        var max = ResNetArchitecture.MidChannels(ResNetArchitecture.WidthRange * _architecture.BaseChannels, _stage);
        var before = _architecture.MaxDepths.Take(_stage).Sum();
        return
        [
            .. BlockSelection.KeptBlocks(layers.Count, blocks).Select(block => layers[block].Slice(
                ChannelDraw.Take(draw, 2 * (before + block), max, middle),
                ChannelDraw.Take(draw, (2 * (before + block)) + 1, max, middle),
                _architecture.Groups,
                block == 0 ? _architecture.Strides[_stage] : 1)),
        ];
    }
}

/// <summary>Parameters of one block of the intact network. Elastic are its middle channels; what goes in and comes out is the same at every width.</summary>
internal sealed class Bottleneck : Module
{
    internal readonly ElasticConvolution conv1;
    internal readonly NormParameters norm1;
    internal readonly ElasticConvolution conv2;
    internal readonly NormParameters norm2;
    internal readonly ElasticConvolution conv3;
    internal readonly NormParameters norm3;
    internal readonly ResNetDownsample? downsample;

    private readonly int _in;
    private readonly int _out;

    internal Bottleneck(ResNetArchitecture architecture, int stage, bool isFirst, Initialisation initialisation)
        : base(nameof(Bottleneck))
    {
        _out = architecture.OutChannels(stage);
        _in = isFirst ? architecture.InChannelsOf(stage) : _out;
        var max = ResNetArchitecture.MidChannels(ResNetArchitecture.WidthRange * architecture.BaseChannels, stage);
        conv1 = new ElasticConvolution(_in, max, 1, initialisation, architecture.AlphaScaling);
        norm1 = new NormParameters(max, initialisation);
        conv2 = new ElasticConvolution(max, max, 3, initialisation, architecture.AlphaScaling);
        norm2 = new NormParameters(max, initialisation);
        conv3 = new ElasticConvolution(max, _out, 1, initialisation, architecture.AlphaScaling);
        norm3 = new NormParameters(_out, initialisation);
        if (isFirst && architecture.HasDownsample(stage))
        {
            downsample = new ResNetDownsample(_in, _out, initialisation);
        }

        RegisterComponents();
    }

    /// <summary>The block of a sub-network.</summary>
    /// <param name="first">Middle channels after the first convolution.</param>
    /// <param name="second">As many after the second.</param>
    /// <param name="groups">Groups of every norm.</param>
    /// <param name="stride">Stride of the block.</param>
    internal BottleneckWeights Slice(Channels first, Channels second, int groups, int stride) => new(
        conv1.Slice(_in, first),
        Norm(norm1, first, groups),
        conv2.Slice(first, second),
        Norm(norm2, second, groups),
        conv3.Slice(second, _out),
        Norm(norm3, _out, groups),
        stride,
        downsample is null ? null : new DownsampleWeights(downsample.Convolution.weight, Norm(downsample.Norm, _out, groups)));

    private static GroupNormWeights Norm(NormParameters norm, Channels channels, int groups) => new(channels.Of(norm.weight, 0), channels.Of(norm.bias, 0), groups);
}

/// <summary>A convolution and a norm, numbered as a sequence; not elastic.</summary>
internal sealed class ResNetDownsample : Module
{
    internal ResNetDownsample(int inChannels, int outChannels, Initialisation initialisation)
        : base(nameof(ResNetDownsample))
    {
        register_module("0", Convolution = new ConvolutionParameters(inChannels, outChannels, 1, initialisation));
        register_module("1", Norm = new NormParameters(outChannels, initialisation));
    }

    internal ConvolutionParameters Convolution { get; }

    internal NormParameters Norm { get; }
}
