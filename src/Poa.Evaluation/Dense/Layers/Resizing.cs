using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Layers;

/// <summary>Changes of a map's size.</summary>
internal static class Resizing
{
    /// <summary>Bilinear, align_corners false, no antialiasing.</summary>
    internal static Tensor Bilinear(Tensor x_BCHW, long height, long width) => x_BCHW.shape[2] == height && x_BCHW.shape[3] == width
        ? x_BCHW.alias()
        : nn.functional.interpolate(x_BCHW, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    /// <summary>Nearest neighbour.</summary>
    internal static Tensor Nearest(Tensor x_BCHW, long height, long width) =>
        nn.functional.interpolate(x_BCHW, [height, width], mode: InterpolationMode.Nearest);
}
