using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>
/// L2 normalisation and a weight-normed linear layer without bias: cosine similarities to K prototypes, each times a gain. The gain starts
/// at 1 and, as in the authors' code, is trained.
/// </summary>
internal sealed class PrototypeLayer : Module
{
    internal readonly Parameter weight_g;
    internal readonly Parameter weight_v;

    // The authors' eps: norms below it count as it. Half precision cannot hold the smaller one.
    private const double Epsilon = 1e-12;
    private const double HalfPrecisionEpsilon = 1e-6;

    internal PrototypeLayer(int bottleneck, int prototypes, Initialisation initialisation)
        : base(nameof(PrototypeLayer))
    {
        weight_g = initialisation.Constant(1, prototypes, 1);
        weight_v = initialisation.FanInUniform(bottleneck, prototypes, bottleneck);
        RegisterComponents();
    }

    /// <param name="x_BE">Bottleneck features.</param>
    /// <returns>[B, K]</returns>
    internal Tensor Forward(Tensor x_BE)
    {
        var epsilon = x_BE.dtype == ScalarType.Float16 ? HalfPrecisionEpsilon : Epsilon;
        var unit_BE = functional.normalize(x_BE, 2, -1, epsilon);
        var weight_KE = weight_v * (weight_g / weight_v.norm(1, keepdim: true));
        return functional.linear(unit_BE, weight_KE);
    }
}
