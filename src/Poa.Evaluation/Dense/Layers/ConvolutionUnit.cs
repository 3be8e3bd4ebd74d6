using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Layers;

/// <summary>A convolution, then batch norm and ReLU where asked for: mmcv's ConvModule. With a norm the convolution has no bias.</summary>
internal sealed class ConvolutionUnit : nn.Module
{
    internal readonly Convolution conv;
    internal readonly BatchNorm? bn;

    private readonly bool isRectified;

    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernel">Side of the kernel, odd.</param>
    /// <param name="initialisation">Gives the weights.</param>
    /// <param name="hasNorm">Whether a batch norm follows.</param>
    /// <param name="isRectified">Whether ReLU follows.</param>
    /// <param name="start">Initial distribution.</param>
    internal ConvolutionUnit(
        int inChannels,
        int outChannels,
        int kernel,
        Initialisation initialisation,
        bool hasNorm = true,
        bool isRectified = true,
        WeightStart start = WeightStart.KaimingFanOut)
        : base(nameof(ConvolutionUnit))
    {
        conv = new Convolution(inChannels, outChannels, kernel, !hasNorm, start, initialisation);
        bn = hasNorm ? new BatchNorm(outChannels, initialisation) : null;
        this.isRectified = isRectified;
        RegisterComponents();
    }

    /// <param name="x_BCHW">[B, in, H, W]</param>
    /// <returns>[B, out, H, W]</returns>
    internal Tensor Forward(Tensor x_BCHW)
    {
        using var scope = NewDisposeScope();
        var x = conv.Forward(x_BCHW);
        x = bn?.Forward(x) ?? x;
        return (isRectified ? x.relu() : x).MoveToOuterDisposeScope();
    }
}
