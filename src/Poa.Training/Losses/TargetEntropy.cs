using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Losses;

/// <summary>
/// How decided the teacher's targets are: the mean entropy of their rows as a share of the largest possible, log K. A collapsed
/// teacher shows at the ends: near 1 every image has the same even target, near 0 every image has one prototype.
/// </summary>
internal static class TargetEntropy
{
    /// <summary>The largest entropy that a row can have, in nats: log K; log 2 where K is 1, so that one can divide by it.</summary>
    public static double Largest(Tensor targets_BK) => Math.Log(Math.Max(targets_BK.shape[1], 2));

    /// <param name="targets_BK">Rows that sum to 1.</param>
    /// <returns>Scalar, in [0, 1]; 0 where K is 1.</returns>
    public static Tensor Of(Tensor targets_BK)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return targets_BK.xlogy(targets_BK).sum().DividedBy(-Largest(targets_BK) * targets_BK.shape[0]).MoveToOuterDisposeScope();
    }
}
