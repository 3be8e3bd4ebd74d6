using Poa.Evaluation.Detection.Data;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>What a cascade does at test time with the outputs of its stages. N boxes, K classes.</summary>
internal static class CascadeTest
{
    /// <summary>Class probabilities: softmax of the mean of the stages' logits.</summary>
    /// <param name="logits_NC">Per stage, logits [N, K + 1].</param>
    /// <returns>[N, K + 1]</returns>
    public static Tensor Scores(IReadOnlyList<Tensor> logits_NC)
    {
        using var scope = NewDisposeScope();
        return Mean(logits_NC).softmax(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Mask probabilities: the mean of the stages' sigmoids.</summary>
    /// <param name="logits">Per stage, mask logits of any one shape.</param>
    public static Tensor MaskProbabilities(IReadOnlyList<Tensor> logits)
    {
        using var scope = NewDisposeScope();
        return Mean([.. logits.Select(stage => stage.sigmoid())]).MoveToOuterDisposeScope();
    }

    /// <summary>Boxes for the next stage: decoded with the deltas of the highest foreground class, clipped to the image.</summary>
    /// <param name="boxes_N4">The stage's boxes [N, 4].</param>
    /// <param name="logits_NC">Its logits [N, K + 1]; the last column is the background.</param>
    /// <param name="deltas_ND">Its deltas [N, 4 * K].</param>
    /// <param name="coder">Of its deltas.</param>
    /// <param name="image">Size of the image without padding.</param>
    /// <returns>[N, 4]</returns>
    public static Tensor Refine(Tensor boxes_N4, Tensor logits_NC, Tensor deltas_ND, DeltaBoxCoder coder, PixelSize image)
    {
        ShapeChecks.Rows(logits_NC, (deltas_ND.shape[1] / 4) + 1);
        using var scope = NewDisposeScope();
        var labels_N = ForegroundOf(logits_NC);
        var own_N4 = deltas_ND.reshape(deltas_ND.shape[0], -1, 4)[Numbers.Places(labels_N.shape[0], labels_N.device), labels_N];
        return coder.Decode(boxes_N4, own_N4, image).MoveToOuterDisposeScope();
    }

    /// <summary>The foreground class with the highest logit, int64 [N].</summary>
    /// <param name="logits_NC">[N, K + 1]; the last column is the background.</param>
    public static Tensor ForegroundOf(Tensor logits_NC) => logits_NC.narrow(1, 0, logits_NC.shape[1] - 1).argmax(1);

    private static Tensor Mean(IReadOnlyList<Tensor> stages)
    {
        ArgumentOutOfRangeException.ThrowIfZero(stages.Count);
        return stages.Aggregate((sum, stage) => sum.Plus(stage)).DividedBy(stages.Count);
    }
}
