using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>An ordinary group norm.</summary>
/// <param name="Weight">[channels]</param>
/// <param name="Bias">[channels]</param>
/// <param name="Groups">Groups of channels, each normalised by itself.</param>
internal readonly record struct GroupNormWeights(Tensor Weight, Tensor Bias, int Groups)
{
    internal Tensor Apply(Tensor x_BCHW) => functional.group_norm(x_BCHW, Groups, Weight, Bias, Elastic.ResNetArchitecture.GroupNormEpsilon);
}

/// <summary>A convolution beside a block, where its shape changes.</summary>
/// <param name="Convolution">[out, in, 1, 1]</param>
/// <param name="Norm">Over the output.</param>
internal sealed record DownsampleWeights(Tensor Convolution, GroupNormWeights Norm);

/// <summary>A bottleneck block of a ResNet (arXiv 1512.03385) with its sub-network chosen: convolutions of 1, 3 and 1 cells, the stride in the middle one.</summary>
/// <param name="Convolution1">[M, in, 1, 1]</param>
/// <param name="Norm1">Over M channels.</param>
/// <param name="Convolution2">[M, M, 3, 3]</param>
/// <param name="Norm2">Over M channels.</param>
/// <param name="Convolution3">[out, M, 1, 1]</param>
/// <param name="Norm3">Over the output.</param>
/// <param name="Stride">Stride of the block.</param>
/// <param name="Downsample">Beside it; null where the shape stays.</param>
internal sealed record BottleneckWeights(
    Tensor Convolution1,
    GroupNormWeights Norm1,
    Tensor Convolution2,
    GroupNormWeights Norm2,
    Tensor Convolution3,
    GroupNormWeights Norm3,
    int Stride,
    DownsampleWeights? Downsample)
{
    /// <param name="x_BCHW">[B, in, H, W]</param>
    /// <returns>[B, out, H', W'] with H' = floor((H - 1) / stride) + 1.</returns>
    internal Tensor Forward(Tensor x_BCHW)
    {
        using var scope = NewDisposeScope();
        var inner = Norm1.Apply(functional.conv2d(x_BCHW, Convolution1)).relu_();
        inner = Norm2.Apply(functional.conv2d(inner, Convolution2, strides: [Stride, Stride], padding: [1, 1])).relu_();
        inner = Norm3.Apply(functional.conv2d(inner, Convolution3));
        var beside = Downsample is null ? x_BCHW : Downsample.Norm.Apply(functional.conv2d(x_BCHW, Downsample.Convolution, strides: [Stride, Stride]));
        return inner.PlusInPlace(beside).relu_().MoveToOuterDisposeScope();
    }
}
