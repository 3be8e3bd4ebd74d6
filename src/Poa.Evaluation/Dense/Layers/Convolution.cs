using Poa.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Layers;

/// <summary>Which distribution the weights of a layer start from; biases start at 0 unless said otherwise.</summary>
internal enum WeightStart
{
    /// <summary>PyTorch's default: uniform in ± 1/sqrt(fan_in), the bias too.</summary>
    Default,

    /// <summary>Normal of variance 2 / fan_out: mmcv's ConvModule.</summary>
    KaimingFanOut,

    /// <summary>Uniform of variance 2 / (fan_in + fan_out): the feature pyramid.</summary>
    Xavier,

    /// <summary>Normal of deviation 0.01: classifiers of segmentation, the RPN, box heads.</summary>
    Classifier,
}

/// <summary>A convolution with a square kernel that keeps the size of the map (padding (k - 1) / 2, stride 1).</summary>
internal sealed class Convolution : nn.Module
{
    internal readonly Parameter weight;
    internal readonly Parameter? bias;

    private const double ClassifierDeviation = 0.01;

    private readonly int padding;

    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernel">Side of the kernel, odd.</param>
    /// <param name="hasBias">Whether there is a bias.</param>
    /// <param name="start">Initial distribution.</param>
    /// <param name="initialisation">Gives the weights.</param>
    internal Convolution(int inChannels, int outChannels, int kernel, bool hasBias, WeightStart start, Initialisation initialisation)
        : base(nameof(Convolution))
    {
        padding = (kernel - 1) / 2;
        long[] shape = [outChannels, inChannels, kernel, kernel];
        var (fanIn, fanOut) = ((long)inChannels * kernel * kernel, (long)outChannels * kernel * kernel);
        weight = start switch
        {
            WeightStart.Default => initialisation.FanInUniform(fanIn, shape),
            WeightStart.KaimingFanOut => initialisation.Normal(Math.Sqrt(2.0 / fanOut), shape),
            WeightStart.Xavier => initialisation.Uniform(Math.Sqrt(6.0 / (fanIn + fanOut)), shape),
            _ => initialisation.Normal(ClassifierDeviation, shape),
        };
        bias = hasBias switch
        {
            false => null,
            true when start == WeightStart.Default => initialisation.FanInUniform(fanIn, outChannels),
            true => initialisation.Constant(0, outChannels),
        };
        RegisterComponents();
    }

    /// <param name="x_BCHW">[B, in, H, W]</param>
    /// <returns>[B, out, H, W]</returns>
    internal Tensor Forward(Tensor x_BCHW) => nn.functional.conv2d(x_BCHW, weight, bias, padding: [padding, padding]);
}

/// <summary>A transposed convolution with kernel 2 and stride 2, which doubles the size of the map.</summary>
internal sealed class TransposedConvolution : nn.Module
{
    internal readonly Parameter weight;
    internal readonly Parameter bias;

    private const int Kernel = 2;

    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="initialisation">Gives the weights.</param>
    /// <param name="start">PyTorch's default, or Kaiming's normal; as in PyTorch fan_in is counted over the outputs here, and fan_out over the inputs.</param>
    internal TransposedConvolution(int inChannels, int outChannels, Initialisation initialisation, WeightStart start = WeightStart.Default)
        : base(nameof(TransposedConvolution))
    {
        var (fanIn, fanOut) = ((long)outChannels * Kernel * Kernel, (long)inChannels * Kernel * Kernel);
        long[] shape = [inChannels, outChannels, Kernel, Kernel];
        (weight, bias) = start switch
        {
            WeightStart.Default => (initialisation.FanInUniform(fanIn, shape), initialisation.FanInUniform(fanIn, outChannels)),
            WeightStart.KaimingFanOut => (initialisation.Normal(Math.Sqrt(2.0 / fanOut), shape), initialisation.Constant(0, outChannels)),
            _ => throw new ArgumentOutOfRangeException(nameof(start), start, "A transposed convolution starts from PyTorch's default or Kaiming's normal."),
        };
        RegisterComponents();
    }

    /// <param name="x_BCHW">[B, in, H, W]</param>
    /// <returns>[B, out, 2H, 2W]</returns>
    internal Tensor Forward(Tensor x_BCHW) => nn.functional.conv_transpose2d(x_BCHW, weight, bias, strides: [Kernel, Kernel]);
}
