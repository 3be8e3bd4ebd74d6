using Poa.Evaluation.Dense.Optimisation;
using Poa.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, arXiv 1711.05101; betas 0.9 and 0.999, eps 1e-8) with PyTorch's order of operations. TorchSharp's own cannot
/// give and take single moments by name, which an exact resume needs. A parameter without a gradient is left alone, its step count too.
/// </summary>
internal sealed class GroupedAdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Slot[] slots;

    public GroupedAdamW(IReadOnlyList<ParameterGroup> groups)
    {
        using var scope = NewDisposeScope();
        slots =
        [
            .. from parameterGroup in groups
               from entry in parameterGroup.Parameters
               select new Slot(entry.Key, entry.Value, parameterGroup, zeros_like(entry.Value).DetachFromDisposeScope(), zeros_like(entry.Value).DetachFromDisposeScope()),
        ];
    }

    /// <summary>Moments and step counts by the names used in a checkpoint; the moments are the optimiser's own, the counts are copies.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State() => slots.SelectMany(slot => (KeyValuePair<string, Tensor>[])
    [
        new($"exp_avg.{slot.Name}", slot.Moment1),
        new($"exp_avg_sq.{slot.Name}", slot.Moment2),
        new(StepName(slot), tensor(slot.Steps, ScalarType.Int64)),
    ]);

    /// <summary>Takes the step counts out of a saved state; the moments are copied into <see cref="State"/>'s tensors by the caller.</summary>
    public void SetSteps(IReadOnlyDictionary<string, Tensor> state)
    {
        foreach (var slot in slots)
        {
            slot.Steps = state[StepName(slot)].item<long>();
        }
    }

    /// <summary>Whether all gradients are finite.</summary>
    public bool AreGradientsFinite()
    {
        using var scope = NewDisposeScope();
        var sums = slots.Where(s => s.Parameter.grad is not null).Select(s => s.Parameter.grad!.abs().sum()).ToArray();
        return sums.Length == 0 || stack(sums).isfinite().all().item<bool>();
    }

    /// <summary>Drops all gradients.</summary>
    public void ClearGradients()
    {
        foreach (var slot in slots)
        {
            if (slot.Parameter.grad is { } gradient)
            {
                gradient.Dispose();
                slot.Parameter.grad = null;
            }
        }
    }

    /// <summary>One step.</summary>
    /// <param name="rateOf">The learning rate of a group at this step.</param>
    public void Step(Func<ParameterGroup, double> rateOf)
    {
        using var noGrad = no_grad();
        foreach (var slot in slots.Where(s => s.Parameter.grad is not null))
        {
            Update(slot, rateOf(slot.Group));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in slots)
        {
            slot.Moment1.Dispose();
            slot.Moment2.Dispose();
        }
    }

    private static string StepName(Slot slot) => $"step.{slot.Name}";

    private static void Update(Slot slot, double learningRate)
    {
        using var scope = NewDisposeScope();
        var gradient = slot.Parameter.grad!;
        var step = ++slot.Steps;
        using var shrink = (1 - (learningRate * slot.Group.WeightDecay)).ToScalar();
        using var beta1 = Beta1.ToScalar();
        using var toMean = (1 - Beta1).ToScalar();
        using var beta2 = Beta2.ToScalar();
        using var toSquare = (1 - Beta2).ToScalar();
        using var correction = Math.Sqrt(1 - Math.Pow(Beta2, step)).ToScalar();
        using var size = (-learningRate / (1 - Math.Pow(Beta1, step))).ToScalar();

        slot.Parameter.mul_(shrink);
        slot.Moment1.mul_(beta1).add_(gradient, toMean);
        slot.Moment2.mul_(beta2).addcmul_(gradient, gradient, toSquare);
        var denominator = slot.Moment2.sqrt().div_(correction).Plus(Epsilon);
        slot.Parameter.addcdiv_(slot.Moment1, denominator, size);
    }

    private sealed class Slot(string name, Parameter parameter, ParameterGroup group, Tensor moment1, Tensor moment2)
    {
        public string Name { get; } = name;

        public Parameter Parameter { get; } = parameter;

        public ParameterGroup Group { get; } = group;

        public Tensor Moment1 { get; } = moment1;

        public Tensor Moment2 { get; } = moment2;

        public long Steps { get; set; }
    }
}
