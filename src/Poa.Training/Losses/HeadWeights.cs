using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Losses;

/// <summary>How much each projection head counts in the loss of each image.</summary>
internal static class HeadWeights
{
    /// <summary>
    /// Entropy weighting (ENT; Ruan et al., ICLR 2023, arXiv 2211.09981 §3.3 eq. 8 and 9): for each row the softmax over heads of minus the entropy of
    /// the teacher's prediction over the temperature. The paper's temperature is in nats, given as so many times the log of the prototypes
    /// (§5.1); here each head's entropy is a share of the log of its own number, which is the same where all heads have as many.
    /// </summary>
    /// <param name="targets">The teacher's predictions for each head, [R, K_i], of the same rows; rows sum to 1.</param>
    /// <param name="temperature">Positive; a share of the largest possible entropy.</param>
    /// <returns>[R, heads]; rows sum to 1. No gradient.</returns>
    public static Tensor ByEntropy(IReadOnlyList<Tensor> targets, double temperature)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var certainties = targets.Select(target_RK => target_RK.xlogy(target_RK).sum([1L]).DividedBy(TargetEntropy.Largest(target_RK) * temperature));
        return stack(certainties, 1).softmax(1).MoveToOuterDisposeScope();
    }
}
