using Poa.Elastic;
using Poa.Evaluation.Dense.Backbones;
using Poa.Evaluation.Dense.Optimisation;
using Poa.Testing;

namespace Poa.Evaluation.Tests.Dense;

/// <summary>Learning rate and weight decay of every parameter name; tolerance relative 1e-12 as in the manifest.</summary>
[Trait("Category", Golden.Trait)]
public sealed class LayerDecayGoldenTests
{
    private const double Tolerance = 1e-12;

    // The vectors give names only; these parts of a name are of layers with vectors.
    private static readonly string[] VectorParts = [".norm1.", ".norm2.", ".bn.", ".gamma", "fpn1.1.", ".bias"];

    [Fact]
    public void Of_EveryNameOfEveryRun_IsInTheReferencesGroup()
    {
        var runs = GoldenDownstream.Json("schedules/layer_decay.json").GetProperty("runs").EnumerateArray().ToArray();

        Assert.NotEmpty(runs);
        foreach (var run in runs)
        {
            var depth = run.GetProperty("depth").GetInt32();
            using var backbone = DenseTesting.Backbone(
                new ViTBackboneOptions(), DenseTesting.Tiny with { MaxDepth = depth }, new SubNetwork(8, depth));
            var decay = new LayerDecay
            {
                LearningRate = run.GetProperty("base_lr").GetDouble(),
                WeightDecay = run.GetProperty("weight_decay").GetDouble(),
                Rate = run.GetProperty("layer_decay_rate").GetDouble(),
            };
            var groups = run.GetProperty("groups");
            var counts = new Dictionary<string, int>();
            foreach (var parameter in run.GetProperty("params").EnumerateObject())
            {
                var dimensions = VectorParts.Any(part => parameter.Name.Contains(part, StringComparison.Ordinal)) ? 1 : 2;
                var actual = decay.Of(parameter.Name, dimensions, backbone);

                AssertClose(parameter.Value[0].GetDouble(), actual.LearningRate / decay.LearningRate, parameter.Name);
                AssertClose(parameter.Value[1].GetDouble(), actual.WeightDecay, parameter.Name);
                AssertClose(groups.GetProperty(actual.Name).GetProperty("lr").GetDouble(), actual.LearningRate, actual.Name);
                counts[actual.Name] = counts.GetValueOrDefault(actual.Name) + 1;
            }

            Assert.Equal(groups.EnumerateObject().ToDictionary(g => g.Name, g => g.Value.GetProperty("n_params").GetInt32()), counts);
        }
    }

    private static void AssertClose(double expected, double actual, string what) =>
        Assert.True(Math.Abs(actual - expected) <= Tolerance * Math.Abs(expected), $"{what}: {actual:R} instead of {expected:R}.");
}
