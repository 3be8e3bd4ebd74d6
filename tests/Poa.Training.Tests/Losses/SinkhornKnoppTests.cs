using Poa.Training.Losses;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Losses;

public sealed class SinkhornKnoppTests
{
    [Fact]
    public void Assign_ManyIterations_UsesPrototypesEquallyAndRowsSumToOne()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var q = SinkhornKnopp.Assign(randn(24, 8, generator: generator), 0.5, iterations: 200);
        Assert.True(q.sum([1L]).allclose(ones(24), rtol: 1e-5));
        Assert.True(q.sum([0L]).allclose(full(8, 24f / 8), rtol: 1e-4));
    }

    [Fact]
    public void Assign_LogitsThatWouldOverflow_StaysFinite()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var q = SinkhornKnopp.Assign(randn(6, 8, generator: generator) * 40, 0.04);
        Assert.True(q.isfinite().all().item<bool>());
    }
}
