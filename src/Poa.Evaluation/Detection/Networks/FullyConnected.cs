using Poa.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>A linear layer of a box head. Its bias starts at 0.</summary>
internal sealed class FullyConnected : nn.Module
{
    internal readonly Parameter weight;
    internal readonly Parameter bias;

    /// <param name="inputs">Inputs.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="initialisation">Gives the weights.</param>
    /// <param name="deviation">Of a normal; null for Xavier's uniform.</param>
    internal FullyConnected(long inputs, long outputs, Initialisation initialisation, double? deviation = null)
        : base(nameof(FullyConnected))
    {
        weight = deviation is { } normal
            ? initialisation.Normal(normal, outputs, inputs)
            : initialisation.Uniform(Math.Sqrt(6.0 / (inputs + outputs)), outputs, inputs);
        bias = initialisation.Constant(0, outputs);
        RegisterComponents();
    }

    /// <param name="x_NI">[N, inputs]</param>
    /// <returns>[N, outputs]</returns>
    internal Tensor Forward(Tensor x_NI) => nn.functional.linear(x_NI, weight, bias);
}
