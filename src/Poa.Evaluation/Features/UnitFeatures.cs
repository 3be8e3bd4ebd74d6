using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

/// <summary>Features as the nearest-neighbour classifier takes them: divided by their length, so that inner products are cosines.</summary>
public static class UnitFeatures
{
    /// <summary>Rows divided by their L2 norm; a row of zeros stays zero (norms below 1e-12 count as 1e-12).</summary>
    /// <param name="features_ND">Features [N, D].</param>
    /// <returns>[N, D], a new tensor.</returns>
    public static Tensor Of(Tensor features_ND) => nn.functional.normalize(features_ND, p: 2, dim: 1, eps: 1e-12);
}
