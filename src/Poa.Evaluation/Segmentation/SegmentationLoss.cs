using System.Text.Json.Serialization;
using Poa.Data.Segmentation;
using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation;

/// <summary>What a segmentation loss is divided by.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PixelAverage>))]
public enum PixelAverage
{
    /// <summary>All pixels; those that are ignored count as zeros (mmseg's default, and the reference).</summary>
    All,

    /// <summary>The labelled pixels.</summary>
    Labelled,
}

/// <summary>Cross-entropy of the scores, resized bilinearly to the labels.</summary>
internal static class SegmentationLoss
{
    /// <param name="logits_BKHW">[B, K, h, w]</param>
    /// <param name="labels_BHW">[B, H, W], int64; <see cref="LabelMap.Ignored"/> for pixels that do not count.</param>
    /// <param name="weight">Factor on the loss.</param>
    /// <param name="average">What it is divided by.</param>
    /// <returns>A scalar with gradient.</returns>
    internal static Tensor Of(Tensor logits_BKHW, Tensor labels_BHW, double weight, PixelAverage average)
    {
        using var scope = NewDisposeScope();
        var resized = Resizing.Bilinear(logits_BKHW, labels_BHW.shape[1], labels_BHW.shape[2]);
        var sum = nn.functional.cross_entropy(resized, labels_BHW, ignore_index: LabelMap.Ignored, reduction: nn.Reduction.Sum);
        using var ignored = ((long)LabelMap.Ignored).ToScalar();
        // A batch without a labelled pixel has loss 0 either way.
        var count = average == PixelAverage.All
            ? labels_BHW.numel()
            : Math.Max(labels_BHW.ne(ignored).sum().item<long>(), 1);
        return sum.Times(weight / count).MoveToOuterDisposeScope();
    }
}
