using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>The stem of a ResNet: a convolution of 7 x 7 cells with stride 2, and pooling with stride 2.</summary>
/// <param name="Convolution">[S, C, 7, 7]</param>
/// <param name="Norm">Over S channels.</param>
internal sealed record StemWeights(Tensor Convolution, GroupNormWeights Norm)
{
    /// <param name="images_BCHW">[B, C, H, W] of any size.</param>
    /// <returns>[B, S, about H / 4, about W / 4]</returns>
    /// <exception cref="ArgumentException">The images do not have that many channels.</exception>
    internal Tensor Forward(Tensor images_BCHW)
    {
        if (images_BCHW.dim() != 4 || images_BCHW.shape[1] != Convolution.shape[1])
        {
            throw new ArgumentException($"Images have shape [{string.Join(", ", images_BCHW.shape)}]; [B, {Convolution.shape[1]}, H, W] is wanted.", nameof(images_BCHW));
        }

        using var scope = NewDisposeScope();
        var x_BSHW = Norm.Apply(functional.conv2d(images_BCHW, Convolution, strides: [2, 2], padding: [3, 3])).relu_();
        return functional.max_pool2d(x_BSHW, 3, 2, 1).MoveToOuterDisposeScope();
    }
}

/// <summary>What the outputs of a ResNet's stages come to. There is no final norm.</summary>
internal static class ResNetOutput
{
    /// <summary>The output for one input.</summary>
    /// <param name="last_BDHW">Output of the last stage.</param>
    /// <param name="upSampling">Factor of the patch tokens along each side.</param>
    internal static BackboneOutput Of(Tensor last_BDHW, int upSampling)
    {
        using var scope = NewDisposeScope();
        var map_BHWD = last_BDHW.permute(0, 2, 3, 1).contiguous();
        return new BackboneOutput(last_BDHW.mean([2, 3]), MaskGrid.UpSample(map_BHWD, upSampling), map_BHWD.flatten(1, 2)).MoveToOuterDisposeScope();
    }
}
