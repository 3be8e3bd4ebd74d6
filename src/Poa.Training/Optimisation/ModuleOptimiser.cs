using Poa.Training.Exchange;
using static TorchSharp.torch;

namespace Poa.Training.Optimisation;

/// <summary>
/// AdamW over one module (backbone or head) with its gradient norm: the reference clips each module on its own.
/// A parameter that received no gradient in a step is left alone, moments, decay and step count included, as PyTorch does.
/// </summary>
internal sealed class ModuleOptimiser : IDisposable
{
    private readonly FlatKernels kernels;
    private readonly AdamWSettings settings;
    private readonly FlatParameters parameters;
    private readonly GradientSum gradients;
    private readonly Tensor moment1;
    private readonly Tensor moment2;
    private readonly long[] steps;
    private readonly bool[] present;
    private Tensor? mean;

    /// <param name="parameters">The module's parameters; owned by the caller.</param>
    /// <param name="kernels">Passes for the parameters' device.</param>
    /// <param name="settings">Constants of AdamW.</param>
    public ModuleOptimiser(FlatParameters parameters, FlatKernels kernels, AdamWSettings settings)
    {
        this.parameters = parameters;
        this.kernels = kernels;
        this.settings = settings;
        using var scope = NewDisposeScope();
        gradients = new GradientSum(parameters.Values);
        moment1 = zeros_like(parameters.Values).DetachFromDisposeScope();
        moment2 = zeros_like(parameters.Values).DetachFromDisposeScope();
        steps = new long[parameters.Parameters.Count];
        present = new bool[parameters.Parameters.Count];
    }

    /// <summary>The module's parameters.</summary>
    public FlatParameters Parameters => parameters;

    /// <summary>By parameter: a gradient came in this step, from whichever virtual shard.</summary>
    public ReadOnlySpan<bool> Present => present;

    /// <summary>Begins a step: drops the gradients of the one before, also those that a failed or cancelled backward pass may have left.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in parameters.Parameters)
        {
            Clear(parameter);
        }

        Array.Clear(present);
        gradients.Clear();
        mean = null;
    }

    /// <summary>Moves the gradients of a virtual shard's backward passes into flat memory and remembers which parameters have one.</summary>
    /// <param name="virtualShard">Its number; shards come in their order.</param>
    public void CollectGradients(int virtualShard) => gradients.Add(virtualShard, flat =>
    {
        using var noGrad = no_grad();
        for (var i = 0; i < steps.Length; i++)
        {
            using var scope = NewDisposeScope();
            var parameter = parameters.Parameters[i];
            var gradient = parameter.Value.grad;
            present[i] |= gradient is not null;
            var target = FlatParameters.ViewOf(parameter, flat);
            if (gradient is null)
            {
                target.zero_(); // the norm is taken over the whole memory
            }
            else
            {
                target.copy_(gradient);
                Clear(parameter);
            }
        }
    });

    /// <summary>Averages the collected gradients over all virtual shards. A shard in which a parameter has none counts as zero.</summary>
    public void AverageGradients(ShardGroup group) => mean = gradients.Mean(group);

    /// <summary>Says that a parameter received a gradient on another member.</summary>
    public void SetPresent(int index) => present[index] = true;

    /// <summary>L2 norm of the mean gradient, a float64 scalar tensor on the device.</summary>
    public Tensor GradientNorm() => kernels.Norm(Averaged);

    /// <summary>The mean gradient of a parameter (a view), or null if it received none.</summary>
    public Tensor? GradientOf(int index) => present[index] ? FlatParameters.ViewOf(parameters.Parameters[index], Averaged) : null;

    /// <summary>Clips by the given norm and takes one AdamW step.</summary>
    /// <param name="gradientNorm">Value of <see cref="GradientNorm"/>.</param>
    /// <param name="maxNorm">Clipping threshold; 0 switches clipping off.</param>
    /// <param name="learningRate">Scheduled learning rate, before multipliers.</param>
    /// <param name="lastLayerLearningRate">The same for prototype layers.</param>
    /// <param name="weightDecay">Scheduled weight decay, before multipliers.</param>
    public void Step(double gradientNorm, double maxNorm, double learningRate, double lastLayerLearningRate, double weightDecay)
    {
        var scale = maxNorm > 0 ? Math.Min(1, maxNorm / (gradientNorm + 1e-6)) : 1;
        kernels.AdamW(parameters.Values, Averaged, moment1, moment2, [.. Runs(learningRate, lastLayerLearningRate, weightDecay)], scale, settings);
    }

    /// <summary>The moments of each parameter as views, and its step count, under the names used in a checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Moment1, Tensor Moment2, long Steps)> State() =>
        parameters.Parameters.Select((parameter, i) =>
            (parameter.Name, FlatParameters.ViewOf(parameter, moment1), FlatParameters.ViewOf(parameter, moment2), steps[i]));

    /// <summary>Sets a parameter's step count, as part of restoring a checkpoint.</summary>
    public void SetSteps(string name, long count)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            if (parameters.Parameters[i].Name == name)
            {
                steps[i] = count;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        gradients.Dispose();
        moment1.Dispose();
        moment2.Dispose();
    }

    private Tensor Averaged => mean ?? throw new InvalidOperationException("The step's gradients are not averaged yet.");

    // Neighbours with the same group and step count are one stretch; the gaps between parameters hold zeros and stay zero.
    private IEnumerable<AdamWRun> Runs(double learningRate, double lastLayerLearningRate, double weightDecay)
    {
        AdamWRun? open = null;
        ParameterGroup openGroup = default;
        for (var i = 0; i < steps.Length; i++)
        {
            var parameter = parameters.Parameters[i];
            if (!present[i])
            {
                if (open is not null)
                {
                    yield return open.Value;
                }

                open = null;
                continue;
            }

            var step = ++steps[i];
            if (open is { } run && openGroup == parameter.Group && run.Step == step)
            {
                open = run with { Length = parameter.Offset + parameter.Length - run.Offset };
                continue;
            }

            if (open is not null)
            {
                yield return open.Value;
            }

            openGroup = parameter.Group;
            var rate = (openGroup.IsLastLayer ? lastLayerLearningRate : learningRate) * openGroup.LearningRateMultiplier;
            open = new(parameter.Offset, parameter.Length, rate, weightDecay * openGroup.WeightDecayMultiplier, step);
        }

        if (open is not null)
        {
            yield return open.Value;
        }
    }

    private static void Clear(FlatParameter parameter)
    {
        if (parameter.Value.grad is { } gradient)
        {
            gradient.Dispose();
            parameter.Value.grad = null;
        }
    }
}
