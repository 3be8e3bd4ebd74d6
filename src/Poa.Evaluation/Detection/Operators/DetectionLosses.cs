using Poa.Networks;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// Losses of detectors, as mmdet averages them: the weighted sum over an average factor that is given, not over the number of elements.
/// Results are scalars with gradients to the predictions.
/// </summary>
internal static class DetectionLosses
{
    /// <summary>Smallest denominator of the GIoU loss that the reference trains with; the bare function of mmdet has 1e-7.</summary>
    public const double GiouEpsilon = 1e-6;

    /// <summary>Smooth L1 (arXiv 1504.08083 eq. 3): quadratic below <paramref name="beta"/>, linear above.</summary>
    /// <param name="prediction_ND">Predictions [N, D].</param>
    /// <param name="target_ND">Targets [N, D].</param>
    /// <param name="weight_ND">Weight of each element; all 1 where null.</param>
    /// <param name="beta">Where the pieces meet; positive.</param>
    /// <param name="averageOver">What the sum is divided by.</param>
    public static Tensor SmoothL1(Tensor prediction_ND, Tensor target_ND, Tensor? weight_ND, double beta, double averageOver)
    {
        ShapeChecks.Same(target_ND, prediction_ND);
        using var scope = NewDisposeScope();
        var loss_ND = F.smooth_l1_loss(prediction_ND, target_ND, nn.Reduction.None, beta);
        return Average(loss_ND, weight_ND, averageOver).MoveToOuterDisposeScope();
    }

    /// <summary>1 - GIoU (arXiv 1902.09630).</summary>
    /// <param name="prediction_N4">Boxes [N, 4].</param>
    /// <param name="target_N4">Boxes [N, 4].</param>
    /// <param name="weight_N">Weight of each box; all 1 where null.</param>
    /// <param name="averageOver">What the sum is divided by.</param>
    /// <param name="eps">Smallest denominator.</param>
    public static Tensor Giou(Tensor prediction_N4, Tensor target_N4, Tensor? weight_N, double averageOver, double eps = GiouEpsilon)
    {
        using var scope = NewDisposeScope();
        return Average(BoxOverlaps.AlignedGiou(prediction_N4, target_N4, eps).neg().Plus(1), weight_N, averageOver).MoveToOuterDisposeScope();
    }

    /// <summary>Binary cross-entropy of logits, for the objectness of anchors.</summary>
    /// <param name="logits_N">Logits [N].</param>
    /// <param name="targets_N">1 where there is an object, 0 elsewhere, [N].</param>
    /// <param name="weight_N">Weight of each anchor; all 1 where null.</param>
    /// <param name="averageOver">What the sum is divided by.</param>
    public static Tensor Objectness(Tensor logits_N, Tensor targets_N, Tensor? weight_N, double averageOver)
    {
        ShapeChecks.Same(targets_N, logits_N);
        using var scope = NewDisposeScope();
        var loss_N = F.binary_cross_entropy_with_logits(logits_N, targets_N.to(logits_N.dtype), reduction: nn.Reduction.None);
        return Average(loss_N, weight_N, averageOver).MoveToOuterDisposeScope();
    }

    /// <summary>Cross-entropy over classes, averaged over the samples with a positive weight (at least one).</summary>
    /// <param name="logits_NC">Logits [N, C].</param>
    /// <param name="labels_N">Classes, int64 [N].</param>
    /// <param name="weight_N">Weight of each sample, [N]; all 1 where null.</param>
    public static Tensor Classes(Tensor logits_NC, Tensor labels_N, Tensor? weight_N)
    {
        ShapeChecks.Vector(labels_N, logits_NC.shape[0]);
        using var scope = NewDisposeScope();
        var loss_N = F.cross_entropy(logits_NC, labels_N, reduction: nn.Reduction.None);
        return (weight_N is null
            ? loss_N.sum().DividedBy(Math.Max(1, loss_N.shape[0]))
            : (loss_N * weight_N).sum() / weight_N.gt(Numbers.Zero).count_nonzero().clamp_min(Numbers.One)).MoveToOuterDisposeScope();
    }

    /// <summary>Binary cross-entropy of the mask of each sample's own class, averaged over all pixels; 0 without samples.</summary>
    /// <param name="logits_PCMM">Mask logits [P, C, M, M].</param>
    /// <param name="labels_P">Class of each sample, int64 [P].</param>
    /// <param name="targets_PMM">Zeros and ones, [P, M, M].</param>
    public static Tensor Masks(Tensor logits_PCMM, Tensor labels_P, Tensor targets_PMM)
    {
        ShapeChecks.Vector(labels_P, logits_PCMM.shape[0]);
        using var scope = NewDisposeScope();
        if (labels_P.shape[0] == 0)
        {
            return logits_PCMM.sum().MoveToOuterDisposeScope();
        }

        var own_PMM = logits_PCMM[Numbers.Places(labels_P.shape[0], labels_P.device), labels_P];
        ShapeChecks.Same(targets_PMM, own_PMM);
        return F.binary_cross_entropy_with_logits(own_PMM, targets_PMM.to(own_PMM.dtype)).MoveToOuterDisposeScope();
    }

    private static Tensor Average(Tensor loss, Tensor? weight, double averageOver)
    {
        if (!(averageOver > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(averageOver), averageOver, "A loss is averaged over a positive number.");
        }

        if (weight is not null)
        {
            ShapeChecks.Same(weight, loss);
        }

        return (weight is null ? loss : loss * weight).sum().DividedBy(averageOver);
    }
}
