using Poa.Evaluation.Dense.Layers;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation;

/// <summary>From scores to classes.</summary>
internal static class Segmenter
{
    /// <summary>The best class of every pixel after resizing to the original image. The reference's softmax between does not change which is best.</summary>
    /// <param name="logits_1KHW">[1, K, h, w]</param>
    /// <param name="height">H of the original image.</param>
    /// <param name="width">W of the original image.</param>
    /// <returns>[H, W], uint8, on the CPU.</returns>
    internal static Tensor Classes(Tensor logits_1KHW, long height, long width)
    {
        using var scope = NewDisposeScope();
        return Resizing.Bilinear(logits_1KHW, height, width).argmax(1).squeeze(0).to(ScalarType.Byte).cpu().contiguous().MoveToOuterDisposeScope();
    }
}
