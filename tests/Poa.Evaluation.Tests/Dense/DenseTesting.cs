using Poa.Elastic;
using Poa.Evaluation.Dense.Backbones;
using Poa.Networks;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Dense;

/// <summary>Small networks and golden tensors for dense tasks.</summary>
internal static class DenseTesting
{
    public static ViTArchitecture Tiny { get; } = new()
    {
        ImageSize = 16,
        PatchSize = 4,
        MinEmbedDim = 8,
        MaxEmbedDim = 16,
        HeadDim = 4,
        MinDepth = 2,
        MaxDepth = 4,
        LayerScale = 1,
    };

    /// <summary>Configuration and weights of a sub-network of a network with random weights.</summary>
    public static (PlainViTConfiguration Configuration, Dictionary<string, Tensor> Weights) Plain(ViTArchitecture architecture, SubNetwork subNetwork)
    {
        using var intact = new ElasticViT(architecture, seed: 5);
        var state = StateDictionary.Of(intact).ToDictionary(s => s.Key, s => s.Value);
        return (Extraction.Configuration(architecture, subNetwork), Extraction.PlainWeights(state, architecture, subNetwork));
    }

    public static ViTBackbone Backbone(ViTBackboneOptions options, ViTArchitecture? architecture = null, SubNetwork? subNetwork = null)
    {
        using var scope = NewDisposeScope();
        var (configuration, weights) = Plain(architecture ?? Tiny, subNetwork ?? new SubNetwork(16, 4));
        return new ViTBackbone(configuration, weights, "test", options);
    }

    /// <summary>A golden file's tensors with a prefix, which is taken off.</summary>
    public static Dictionary<string, Tensor> Weights(SafetensorsFile file, string prefix) => file.Entries
        .Where(e => e.Name.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(e => e.Name[prefix.Length..], e => file.Read(e.Name), StringComparer.Ordinal);

    public static SafetensorsFile Golden(string file) => SafetensorsFile.Open(GoldenDownstream.PathOf(file));

    /// <summary>Standard normal values.</summary>
    public static Tensor Random(long seed, params long[] shape)
    {
        var stream = Randomness.For(seed, RandomPurpose.Testing);
        return tensor(Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)stream.NextGaussian()).ToArray(), shape);
    }

    public static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var deviation = (expected - actual).abs().max().item<float>();
        Assert.True(deviation <= tolerance, $"{what} deviates by {deviation:E2}; allowed is {tolerance:E1}.");
    }
}
