using Poa.Networks;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Poa.Training.Losses;

/// <summary>Kozachenko-Leonenko regulariser (Sablayrolles et al., arXiv 1806.03198 §3.2): spreads features over the sphere.</summary>
internal static class KoLeo
{
    private const double Epsilon = 1e-8;

    /// <summary>-mean log of the distance of each normalised row to its nearest neighbour by cosine.</summary>
    /// <param name="x_BD">Features, [B, D], not normalised.</param>
    /// <returns>Scalar.</returns>
    public static Tensor Loss(Tensor x_BD)
    {
        using var scope = NewDisposeScope();
        var unit_BD = F.normalize(x_BD, p: 2, dim: -1, eps: Epsilon);
        Tensor nearest_B;
        using (no_grad())
        {
            nearest_B = unit_BD.mm(unit_BD.t()).sub_(eye(unit_BD.shape[0], device: unit_BD.device).Times(4)).argmax(1); // never itself
        }

        // The distance adds epsilon to every component of the difference, as PyTorch's pairwise distance does.
        var distance_B = F.pairwise_distance(unit_BD, unit_BD.index_select(0, nearest_B), p: 2, eps: Epsilon);
        return distance_B.Plus(Epsilon).log().mean().neg().MoveToOuterDisposeScope();
    }
}
