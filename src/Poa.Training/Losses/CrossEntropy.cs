using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Losses;

/// <summary>
/// The cross-entropies of POA (arXiv 2408.01031 §3.3) between fixed targets and students' log-probabilities. Students'
/// logits pass through log-softmax once; every term that concerns them takes its log-probabilities from there.
/// </summary>
internal static class CrossEntropy
{
    /// <summary>Temperature of both students.</summary>
    public const double StudentTemperature = 0.1;

    /// <summary>log softmax(logits / 0.1), [R, K].</summary>
    public static Tensor LogProbabilities(Tensor logits_RK)
    {
        using var scope = NewDisposeScope();
        return logits_RK.DividedBy(StudentTemperature).log_softmax(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Sum over all pairs of student view and teacher view of the mean cross-entropy over images.</summary>
    /// <param name="student_SBK">Log-probabilities, S views of B images: [S * B, K], view-major.</param>
    /// <param name="teacherSum_BK">Targets summed over the teacher's views, [B, K]: cross-entropy is linear in them.</param>
    public static Tensor AllPairs(Tensor student_SBK, Tensor teacherSum_BK)
    {
        using var scope = NewDisposeScope();
        var (images, prototypes) = (teacherSum_BK.shape[0], teacherSum_BK.shape[1]);
        return student_SBK.view(-1, images, prototypes).mul(teacherSum_BK).sum().Times(-1.0 / images).MoveToOuterDisposeScope();
    }

    /// <summary>Mean cross-entropy of rows with targets of their own.</summary>
    /// <param name="student_RK">Log-probabilities, [R, K].</param>
    /// <param name="target_RK">Targets, [R, K].</param>
    public static Tensor Mean(Tensor student_RK, Tensor target_RK)
    {
        using var scope = NewDisposeScope();
        return student_RK.mul(target_RK).sum().Times(-1.0 / student_RK.shape[0]).MoveToOuterDisposeScope();
    }

    /// <summary>Masked-patch loss (iBOT, arXiv 2111.07832 eq. 2): weighted sum over masked patches, divided by all images' crops.</summary>
    /// <param name="student_MK">Log-probabilities at the masked patches, [M, K].</param>
    /// <param name="weightedTarget_MK">Targets times the patches' weights, 1 / (masked patches in the crop): [M, K].</param>
    /// <param name="crops">Global crops in the batch, those without a mask included.</param>
    public static Tensor MaskedPatches(Tensor student_MK, Tensor weightedTarget_MK, long crops)
    {
        using var scope = NewDisposeScope();
        return student_MK.mul(weightedTarget_MK).sum().Times(-1.0 / crops).MoveToOuterDisposeScope();
    }
}
