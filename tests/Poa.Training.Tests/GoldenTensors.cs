using Poa.Networks;
using Poa.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests;

/// <summary>The tensors of one golden file, and comparisons with them in the form the README states.</summary>
internal sealed class GoldenTensors(string file) : IDisposable
{
    private readonly Dictionary<string, Tensor> tensors = Safetensors.Load(Golden.PathOf(file));

    public IReadOnlyDictionary<string, Tensor> All => tensors;

    public Tensor this[string name] => tensors.TryGetValue(name, out var tensor) ? tensor : throw new KeyNotFoundException($"{file} has no tensor {name}.");

    /// <summary>Asserts |actual - expected| &lt;= atol + rtol * |expected| everywhere.</summary>
    public void AssertClose(string name, Tensor actual, double atol = 1e-6, double rtol = 2e-5)
    {
        using var scope = NewDisposeScope();
        var expected = this[name];
        Assert.Equal(expected.numel(), actual.numel());
        var excess = (actual.detach().reshape(expected.shape) - expected).abs() - (expected.abs() * rtol);
        Assert.True(excess.max().item<float>() <= atol, $"{file} {name}: exceeds rtol {rtol} by {excess.max().item<float>()}, atol is {atol}");
    }

    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
        {
            tensor.Dispose();
        }
    }
}
