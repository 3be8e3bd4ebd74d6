using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks.Tests;

/// <summary>Small networks whose every parameter is non-trivial: fresh ones have zero biases, unit norms and tiny gammas, which hide faults.</summary>
internal static class Networks
{
    public static ViTArchitecture Tiny { get; } = new()
    {
        ImageSize = 16,
        PatchSize = 4,
        MinEmbedDim = 8,
        MaxEmbedDim = 24,
        HeadDim = 4,
        MinDepth = 2,
        MaxDepth = 5,
        LayerScale = 1,
    };

    public static ElasticViT Create(ViTArchitecture architecture, long seed = 1)
    {
        var network = new ElasticViT(architecture, seed);
        Perturb(network, seed);
        return network;
    }

    public static void Perturb(nn.Module module, long seed)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var index = 0;
        foreach (var (_, parameter) in StateDictionary.Of(module))
        {
            parameter.mul_(0.5).add_(Random(seed + (++index * 1000), parameter.shape) * 0.3);
        }
    }

    /// <summary>Standard normal values.</summary>
    public static Tensor Random(long seed, params long[] shape)
    {
        var stream = Randomness.For(seed, RandomPurpose.Testing);
        var values = Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)stream.NextGaussian()).ToArray();
        return tensor(values, shape);
    }

    public static Dictionary<string, Tensor> StateOf(nn.Module module) => StateDictionary.Of(module).ToDictionary(s => s.Key, s => s.Value);

    public static double MaxDeviation(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return (a - b).abs().max().item<float>();
    }
}
