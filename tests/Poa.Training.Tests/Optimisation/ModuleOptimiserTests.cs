using Poa.Training.Exchange;
using Poa.Training.Optimisation;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Optimisation;

public sealed class ModuleOptimiserTests
{
    [Fact]
    public void Step_SeveralSteps_AgreesWithTorchAdamWPerGroup()
    {
        using var scope = NewDisposeScope();
        using var subject = Network();
        using var oracle = Network();
        using var flat = FlatParameters.Attach(subject, GroupOf);
        using var optimiser = new ModuleOptimiser(flat, new CpuFlatKernels(1), new());
        var groups = oracle.named_parameters().Select(p => new TorchSharp.Modules.AdamW.ParamGroup([p.parameter], new TorchSharp.Modules.AdamW.Options
        {
            LearningRate = (GroupOf(p.name).IsLastLayer ? 0.002 : 0.01) * GroupOf(p.name).LearningRateMultiplier,
            weight_decay = 0.1 * GroupOf(p.name).WeightDecayMultiplier,
            beta1 = 0.9,
            beta2 = 0.999,
            eps = 1e-8,
        })).ToArray();
        using var torchOptimiser = optim.AdamW(groups, 0.01);
        for (var step = 0; step < 5; step++)
        {
            optimiser.ClearGradients();
            Backward(subject, step);
            optimiser.CollectGradients(0);
            optimiser.AverageGradients(ShardGroup.Single);
            optimiser.Step(optimiser.GradientNorm().item<double>(), 0, 0.01, 0.002, 0.1);
            torchOptimiser.zero_grad();
            Backward(oracle, step);
            torchOptimiser.step();
        }

        foreach (var ((name, value), (_, expected)) in subject.named_parameters().Zip(oracle.named_parameters()))
        {
            Assert.True(value.allclose(expected, rtol: 1e-5, atol: 1e-6), $"{name} differs by {(value - expected).abs().max().item<float>()}");
        }
    }

    [Fact]
    public void Step_ParameterWithoutGradient_StaysUntouched()
    {
        using var scope = NewDisposeScope();
        using var subject = Network();
        using var flat = FlatParameters.Attach(subject, GroupOf);
        using var optimiser = new ModuleOptimiser(flat, new CpuFlatKernels(1), new());
        var before = subject.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone());
        Backward(subject, 0, firstLayerOnly: true);
        optimiser.CollectGradients(0);
        optimiser.AverageGradients(ShardGroup.Single);
        optimiser.Step(1, 0, 0.01, 0.01, 0.1);
        foreach (var (name, value) in subject.named_parameters())
        {
            Assert.Equal(name.StartsWith("last_layer", StringComparison.Ordinal), value.equal(before[name]).all().item<bool>());
        }

        Assert.All(optimiser.State(), s => Assert.Equal(s.Name.StartsWith("last_layer", StringComparison.Ordinal) ? 0 : 1, s.Steps));
    }

    [Fact]
    public void Step_NormAboveThreshold_ClipsToIt()
    {
        using var scope = NewDisposeScope();
        using var subject = Network();
        using var flat = FlatParameters.Attach(subject, GroupOf);
        using var optimiser = new ModuleOptimiser(flat, new CpuFlatKernels(1), new());
        Backward(subject, 0);
        optimiser.CollectGradients(0);
        optimiser.AverageGradients(ShardGroup.Single);
        var norm = optimiser.GradientNorm().item<double>();
        optimiser.Step(norm, norm / 4, 0.01, 0.01, 0.1);

        // After one step the first moment is a tenth of the clipped gradient.
        var squares = optimiser.State().Sum(s => s.Moment1.square().sum().item<float>());
        Assert.Equal(norm / 4 * 0.1, Math.Sqrt(squares), 1e-5 * norm);
    }

    [Fact]
    public void AverageGradients_FiveShards_IsTheMeanAndKnowsEveryGradient()
    {
        const int shards = 5;
        using var scope = NewDisposeScope();
        using var subject = Network();
        using var flat = FlatParameters.Attach(subject, GroupOf);
        using var optimiser = new ModuleOptimiser(flat, new CpuFlatKernels(1), new());
        Tensor[] sums = [.. flat.Parameters.Select(p => zeros(p.Value.shape))];
        for (var step = 0; step < 2; step++) // the second step uses the first one's memory again
        {
            optimiser.ClearGradients();
            Array.ForEach(sums, sum => sum.zero_());
            for (var shard = 0; shard < shards; shard++)
            {
                // The last layer has a gradient on one shard only.
                Backward(subject, (10 * step) + shard, firstLayerOnly: shard != 3);
                foreach (var (parameter, sum) in flat.Parameters.Zip(sums))
                {
                    if (parameter.Value.grad is { } gradient)
                    {
                        sum.add_(gradient);
                    }
                }

                optimiser.CollectGradients(shard);
            }

            optimiser.AverageGradients(new ShardGroup(LoneExchange.Instance, shards));
            for (var i = 0; i < sums.Length; i++)
            {
                Assert.True(optimiser.GradientOf(i)!.allclose(sums[i] / shards, rtol: 1e-5, atol: 1e-7), flat.Parameters[i].Name);
            }
        }
    }

    [Fact]
    public void Attach_KeepsValuesAndForwardBackwardWork()
    {
        using var scope = NewDisposeScope();
        using var subject = Network();
        using var twin = Network();
        using var flat = FlatParameters.Attach(subject, GroupOf);
        var x = Input(3);
        Assert.True(subject.call(x).equal(twin.call(x)).all().item<bool>());

        // Parameters are views: writing the flat memory is writing the module.
        using (no_grad())
        {
            flat.Values.zero_();
        }

        Assert.Equal(0f, subject.call(x).abs().max().item<float>());
    }

    private static ParameterGroup GroupOf(string name) => ParameterGroup.Of(name, LayerNumbering.None, 1, 1);

    private static TorchSharp.Modules.Sequential Network()
    {
        var first = nn.Linear(7, 19);
        var last = nn.Linear(19, 5);
        using var generator = new Generator(11);
        using (no_grad())
        {
            foreach (var parameter in first.parameters().Concat(last.parameters()))
            {
                parameter.copy_(randn(parameter.shape, generator: generator));
            }
        }

        return nn.Sequential(("norm", first), ("last_layer", last));
    }

    private static Tensor Input(int seed)
    {
        using var generator = new Generator((ulong)seed);
        return randn(6, 7, generator: generator);
    }

    private static void Backward(TorchSharp.Modules.Sequential network, int seed, bool firstLayerOnly = false)
    {
        using var scope = NewDisposeScope();
        var module = firstLayerOnly ? network[0] : network;
        ((nn.Module<Tensor, Tensor>)module).call(Input(seed)).square().mean().backward();
    }
}
