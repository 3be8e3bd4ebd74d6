using Poa.Training.Optimisation;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Optimisation;

public sealed class FlatKernelsTests
{
    private const long Length = 150_001; // several blocks and a tail shorter than a vector

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AdamW_CpuLoops_AgreeWithTensorOperations(int threads)
    {
        using var scope = NewDisposeScope();
        var oracle = State();
        var subject = State();
        AdamWRun[] runs = [new(0, 100_003, 0.01, 0.1, 1), new(100_016, Length - 100_016, 0.003, 0, 7)];
        for (var step = 0; step < 3; step++)
        {
            new TensorFlatKernels().AdamW(oracle[0], oracle[1], oracle[2], oracle[3], runs, 0.37, new());
            new CpuFlatKernels(threads).AdamW(subject[0], subject[1], subject[2], subject[3], runs, 0.37, new());
        }

        for (var i = 0; i < 4; i++)
        {
            Assert.True(oracle[i].allclose(subject[i], rtol: 1e-5, atol: 1e-7), $"tensor {i} differs by {(oracle[i] - subject[i]).abs().max().item<float>()}");
        }
    }

    [Fact]
    public void AllPasses_AnyNumberOfThreads_SameBits()
    {
        using var scope = NewDisposeScope();
        var one = State();
        var four = State();
        AdamWRun[] runs = [new(5, Length - 5, 0.01, 0.1, 2)];
        CpuFlatKernels a = new(1), b = new(4);
        a.AdamW(one[0], one[1], one[2], one[3], runs, 0.5, new());
        b.AdamW(four[0], four[1], four[2], four[3], runs, 0.5, new());
        a.Average(one[1], one[0], 0.99);
        b.Average(four[1], four[0], 0.99);
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(one[i].equal(four[i]).all().item<bool>()));
        Assert.Equal(a.Norm(one[1]).item<double>(), b.Norm(four[1]).item<double>());
    }

    [Fact]
    public void Norm_AgreesWithDoublePrecision()
    {
        using var scope = NewDisposeScope();
        var x = State()[1];
        Assert.Equal(new TensorFlatKernels().Norm(x).item<double>(), new CpuFlatKernels(2).Norm(x).item<double>(), 1e-10);
    }

    [Fact]
    public void Average_MixesByMomentum()
    {
        using var scope = NewDisposeScope();
        var state = State();
        var expected = (state[0] * 0.9) + (state[1] * 0.1);
        new CpuFlatKernels(1).Average(state[0], state[1], 0.9);
        Assert.True(expected.allclose(state[0], rtol: 1e-6, atol: 1e-7));
    }

    private static Tensor[] State()
    {
        using var generator = new Generator(5);
        return [randn(Length, generator: generator), randn(Length, generator: generator), randn(Length, generator: generator) * 0.1, rand(Length, generator: generator)];
    }
}
