using static TorchSharp.torch;

namespace Poa.Training.Optimisation;

/// <summary>The passes as tensor operations, for devices other than the CPU (and the oracle of the CPU loops in tests).</summary>
internal sealed class TensorFlatKernels : FlatKernels
{
    public override Tensor Norm(Tensor flat)
    {
        using var scope = NewDisposeScope();
        return flat.to(ScalarType.Float64).square().sum().sqrt().MoveToOuterDisposeScope();
    }

    public override void AdamW(
        Tensor values, Tensor gradients, Tensor moment1, Tensor moment2, IReadOnlyList<AdamWRun> runs, double gradientScale, AdamWSettings settings)
    {
        using var noGrad = no_grad();
        foreach (var run in runs)
        {
            using var scope = NewDisposeScope();
            var value = values.narrow(0, run.Offset, run.Length);
            var gradient = gradients.narrow(0, run.Offset, run.Length) * gradientScale;
            var m = moment1.narrow(0, run.Offset, run.Length);
            var v = moment2.narrow(0, run.Offset, run.Length);
            m.add_(gradient - m, 1 - settings.Beta1);
            v.mul_(settings.Beta2).addcmul_(gradient, gradient, 1 - settings.Beta2);
            var correction1 = 1 - Math.Pow(settings.Beta1, run.Step);
            var correction2 = Math.Sqrt(1 - Math.Pow(settings.Beta2, run.Step));
            value.mul_(1 - (run.LearningRate * run.WeightDecay));
            value.addcdiv_(m, v.sqrt().div_(correction2).add_(settings.Epsilon), -run.LearningRate / correction1);
        }
    }

    public override void Average(Tensor average, Tensor values, double momentum)
    {
        using var noGrad = no_grad();
        average.mul_(momentum).add_(values, alpha: 1 - momentum);
    }
}
