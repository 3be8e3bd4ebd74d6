using System.Text.Json;
using Poa.Testing;
using Poa.Training.Step;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Step;

/// <summary>Whole training steps against the authors' code, with the tolerances of the golden README.</summary>
[Trait("Category", Golden.Trait)]
public sealed class GoldenStepTests
{
    private const double ParameterTolerance = 5e-5;
    private const double ShareWithinTolerance = 0.999;

    // Room for the few elements of a tensor that may deviate by more than the tolerance.
    private const double SummarySlack = 1e-4;

    public static TheoryData<string> Cases => [.. GoldenStep.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_AllSteps_AgreeWithReference(string name)
    {
        using var golden = new GoldenStep(name);
        var file = $"train_{name}.safetensors";
        using var tensors = new GoldenTensors(file);
        var rates = 0.0;
        for (var step = 0; step < golden.Settings.Count; step++)
        {
            using var scope = NewDisposeScope();
            var metrics = golden.Run(step);
            rates += golden.Settings[step].GetProperty("lr").GetDouble();
            Assert.True(metrics.Applied);
            AssertLosses(golden.Expected[step], metrics, step == 0 ? 1e-5 : 1e-4);
            AssertGradients(golden, tensors, step);
            AssertSummaries(golden, step, rates);
            AssertTensors(golden, tensors, step, rates);
        }
    }

    private static void AssertLosses(JsonElement expected, StepMetrics metrics, double rtol)
    {
        var terms = expected.GetProperty("loss_dict").EnumerateObject().ToDictionary(t => t.Name, t => t.Value.GetDouble());
        Assert.Equal(terms.Keys.Order(StringComparer.Ordinal), metrics.Terms.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, value) in terms)
        {
            AssertRelative(name, value, metrics.Terms[name], rtol);
        }

        AssertRelative("backprop_loss", expected.GetProperty("backprop_loss").GetDouble(), metrics.Loss, rtol);
        foreach (var norm in expected.GetProperty("grad_norm_before_clip").EnumerateObject())
        {
            AssertRelative($"norm of {norm.Name}", norm.Value.GetDouble(), metrics.GradientNorms[norm.Name], 10 * rtol);
        }
    }

    private static void AssertGradients(GoldenStep golden, GoldenTensors tensors, int step)
    {
        var expected = golden.Expected[step];
        var without = new List<string>();
        foreach (var (module, optimiser) in golden.Model.Student.Modules.Zip(golden.Model.Optimisers))
        {
            for (var i = 0; i < optimiser.Parameters.Parameters.Count; i++)
            {
                var name = $"student.{module.Name}.{optimiser.Parameters.Parameters[i].Name}";
                if (optimiser.GradientOf(i) is not { } gradient)
                {
                    without.Add(name);
                    continue;
                }

                // Later steps start from parameters that rounding has already moved, by Adam up to the learning rate.
                AssertRelative($"norm of gradient {name}", expected.GetProperty("grad_l2").GetProperty(name).GetDouble(), gradient.norm().item<float>(), step == 0 ? 1e-4 : 5e-3, 1e-5);
                if (tensors.All.TryGetValue($"step{step}/grad/{name}", out var full))
                {
                    tensors.AssertClose($"step{step}/grad/{name}", gradient, 1e-6 + (1e-4 * full.abs().max().item<float>()), 0);
                }
            }
        }

        Assert.Equal(
            expected.GetProperty("params_without_grad").EnumerateArray().Select(n => n.GetString()!).Order(StringComparer.Ordinal),
            without.Order(StringComparer.Ordinal));
    }

    private static void AssertSummaries(GoldenStep golden, int step, double rates)
    {
        foreach (var (name, tensor) in golden.Tensors())
        {
            var loose = IsKeyBias(name) ? 3 * rates : ParameterTolerance;
            var norm = golden.Expected[step].GetProperty("param_l2_after").GetProperty(name).GetDouble();
            var sum = golden.Expected[step].GetProperty("param_sum_after").GetProperty(name).GetDouble();
            AssertRelative($"norm of {name} after step {step}", norm, tensor.to(ScalarType.Float64).norm().item<double>(), 1e-5, SummarySlack + (loose * Math.Sqrt(tensor.numel())));
            AssertRelative($"sum of {name} after step {step}", sum, tensor.to(ScalarType.Float64).sum().item<double>(), 1e-5, SummarySlack + (loose * tensor.numel()));
        }
    }

    private static void AssertTensors(GoldenStep golden, GoldenTensors tensors, int step, double rates)
    {
        long elements = 0, beyond = 0;
        foreach (var (name, tensor) in golden.Tensors())
        {
            if (!tensors.All.TryGetValue($"step{step}/after/{name}", out var expected))
            {
                continue;
            }

            var deviation = (tensor.detach().view(expected.shape) - expected).abs();
            Assert.True(deviation.max().item<float>() <= 3 * rates, $"{name} after step {step} deviates by {deviation.max().item<float>()}");
            if (IsKeyBias(name))
            {
                // The key's third has a gradient of rounding noise only, see the README.
                var third = deviation.shape[0] / 3;
                deviation = cat([deviation.narrow(0, 0, third), deviation.narrow(0, 2 * third, third)], 0);
            }

            elements += deviation.numel();
            beyond += deviation.gt(ParameterTolerance).sum().item<long>();
        }

        Assert.True(beyond <= (1 - ShareWithinTolerance) * elements, $"{beyond} of {elements} elements deviate by more than {ParameterTolerance} after step {step}");
    }

    private static bool IsKeyBias(string name) => name.EndsWith("qkv.linear.bias", StringComparison.Ordinal);

    private static void AssertRelative(string what, double expected, double actual, double rtol, double atol = 0) =>
        Assert.True(Math.Abs(actual - expected) <= atol + (rtol * Math.Abs(expected)), $"{what} is {actual:R} instead of {expected:R}");
}
