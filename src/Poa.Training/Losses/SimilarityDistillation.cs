using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Losses;

/// <summary>
/// SEED (Fang et al., ICLR 2021, arXiv 2101.04731 §3.2): the student is to find an image as similar to others as the teacher does. Both compare their
/// embedding of a view with the teacher's embedding of the same view and with those of earlier images, which a queue holds.
/// </summary>
/// <remarks>Shape letters: R views, E channels of the embeddings, L places of the queue. All embeddings have length 1.</remarks>
internal static class SimilarityDistillation
{
    /// <summary>How the teacher's similarities are distributed: softmax, with the view itself in the first place. No gradient.</summary>
    /// <param name="teacher_RE">The teacher's embeddings.</param>
    /// <param name="queue_LE">Earlier ones.</param>
    /// <param name="temperature">The teacher's.</param>
    /// <returns>[R, 1 + L]; rows sum to 1.</returns>
    public static Tensor Targets(Tensor teacher_RE, Tensor queue_LE, double temperature)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Similarities(teacher_RE, teacher_RE, queue_LE).DividedBy(temperature).softmax(1).MoveToOuterDisposeScope();
    }

    /// <summary>Mean cross-entropy of the student's similarities with the targets.</summary>
    /// <param name="student_RE">The student's embeddings.</param>
    /// <param name="teacher_RE">The teacher's of the same views.</param>
    /// <param name="queue_LE">Earlier ones.</param>
    /// <param name="targets_RN">Of <see cref="Targets"/>.</param>
    /// <param name="temperature">The student's.</param>
    /// <returns>Scalar.</returns>
    public static Tensor Loss(Tensor student_RE, Tensor teacher_RE, Tensor queue_LE, Tensor targets_RN, double temperature)
    {
        using var scope = NewDisposeScope();
        var log_RN = Similarities(student_RE, teacher_RE, queue_LE).DividedBy(temperature).log_softmax(1);
        return CrossEntropy.Mean(log_RN, targets_RN).MoveToOuterDisposeScope();
    }

    private static Tensor Similarities(Tensor own_RE, Tensor teacher_RE, Tensor queue_LE) =>
        cat([own_RE.mul(teacher_RE).sum([1L]).unsqueeze(1), own_RE.mm(queue_LE.t())], 1);
}
