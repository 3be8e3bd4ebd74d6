using Poa.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Training.Optimisation;

/// <summary>The passes as tensor operations, for devices other than the CPU (and the oracle of the CPU loops in tests).</summary>
internal sealed class TensorFlatKernels : FlatKernels
{
    public override Tensor Norm(Tensor flat)
    {
        using var scope = NewDisposeScope();
        var wide = flat.to(ScalarType.Float64);
        return wide.mul(wide).sum().sqrt().MoveToOuterDisposeScope();
    }

    public override void AdamW(
        Tensor values, Tensor gradients, Tensor moment1, Tensor moment2, IReadOnlyList<AdamWRun> runs, double gradientScale, AdamWSettings settings)
    {
        using var noGrad = no_grad();
        using var beta2 = settings.Beta2.ToScalar();
        using var toMean = (1 - settings.Beta1).ToScalar();
        using var toSquare = (1 - settings.Beta2).ToScalar();
        foreach (var run in runs)
        {
            using var correction = Math.Sqrt(1 - Math.Pow(settings.Beta2, run.Step)).ToScalar();
            using var shrink = (1 - (run.LearningRate * run.WeightDecay)).ToScalar();
            using var size = (-run.LearningRate / (1 - Math.Pow(settings.Beta1, run.Step))).ToScalar();
            using var scope = NewDisposeScope();
            var value = values.narrow(0, run.Offset, run.Length);
            var gradient = gradients.narrow(0, run.Offset, run.Length).Times(gradientScale);
            var m = moment1.narrow(0, run.Offset, run.Length);
            var v = moment2.narrow(0, run.Offset, run.Length);
            m.add_(gradient - m, toMean);
            v.mul_(beta2).addcmul_(gradient, gradient, toSquare);
            value.mul_(shrink);
            value.addcdiv_(m, v.sqrt().div_(correction).Plus(settings.Epsilon), size);
        }
    }

    public override void Average(Tensor average, Tensor values, double momentum)
    {
        using var noGrad = no_grad();
        using var kept = momentum.ToScalar();
        using var toValues = (1 - momentum).ToScalar();
        average.mul_(kept).add_(values, toValues);
    }
}
