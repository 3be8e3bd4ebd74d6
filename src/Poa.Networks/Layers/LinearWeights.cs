using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>An ordinary linear layer: what is left of an elastic one once its sub-network is chosen.</summary>
/// <param name="Weight">[out, in], alpha and LayerScale folded in.</param>
/// <param name="Bias">[out], or null.</param>
internal readonly record struct LinearWeights(Tensor Weight, Tensor? Bias)
{
    /// <summary>x W^T + b over the last dimension.</summary>
    internal Tensor Apply(Tensor x) => functional.linear(x, Weight, Bias);
}

/// <summary>An ordinary LayerNorm.</summary>
/// <param name="Weight">[width]</param>
/// <param name="Bias">[width]</param>
/// <param name="Epsilon">Added to the variance.</param>
internal readonly record struct NormWeights(Tensor Weight, Tensor Bias, double Epsilon = Elastic.ViTArchitecture.LayerNormEpsilon)
{
    /// <summary>Normalises over the last dimension.</summary>
    internal Tensor Apply(Tensor x) => functional.layer_norm(x, [Weight.shape[0]], Weight, Bias, Epsilon);
}
