using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Backbones;
using Poa.Evaluation.Segmentation.Heads;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation;

/// <summary>Backbone, head and, for training, auxiliary head. Parameter names are those of mmseg's EncoderDecoder.</summary>
internal sealed class SegmentationNetwork : nn.Module
{
    internal readonly DenseBackbone backbone;
    internal readonly SegmentationHead decode_head;
    internal readonly SegmentationHead? auxiliary_head;

    internal SegmentationNetwork(DenseBackbone backbone, SegmentationHead head, SegmentationHead? auxiliary)
        : base(nameof(SegmentationNetwork))
    {
        (this.backbone, decode_head, auxiliary_head) = (backbone, head, auxiliary);
        RegisterComponents();
    }

    /// <summary>Scores of images, [B, K, h, w], for use.</summary>
    internal Tensor Logits(Tensor images_BCHW)
    {
        using var scope = NewDisposeScope();
        return decode_head.Forward(backbone.Forward(images_BCHW, step: null), step: null).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of both heads for a training step; the second is null without an auxiliary head.</summary>
    internal (Tensor Main, Tensor? Auxiliary) Logits(Tensor images_BCHW, StepKey step)
    {
        using var scope = NewDisposeScope();
        var maps = backbone.Forward(images_BCHW, step);
        return (decode_head.Forward(maps, step).MoveToOuterDisposeScope(), auxiliary_head?.Forward(maps, step).MoveToOuterDisposeScope());
    }
}
