using Poa.Training.Exchange;
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
        var q = SinkhornKnopp.Assign([[randn(24, 8, generator: generator)]], 0.5, ShardGroup.Single, iterations: 200)[0][0];
        Assert.True(q.sum([1L]).allclose(ones(24), rtol: 1e-5));
        Assert.True(q.sum([0L]).allclose(full(8, 24f / 8), rtol: 1e-4));
    }

    [Fact]
    public void Assign_SeveralShards_AssignsOverAllOfThem()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var group = new ShardGroup(LoneExchange.Instance, 3);
        Tensor[] logits = [randn(24, 8, generator: generator), randn(10, 5, generator: generator)];
        Tensor[][] shards = [[logits[0][..8], logits[0][8..16], logits[0][16..]], [logits[1][..7], empty(0, 5), logits[1][7..]]]; // one has no rows
        var parts = SinkhornKnopp.Assign(shards, 0.5, group);
        for (var i = 0; i < logits.Length; i++)
        {
            var whole = SinkhornKnopp.Assign([[logits[i]]], 0.5, ShardGroup.Single)[0][0];
            Assert.Equal(shards[i].Select(s => s.shape[0]), parts[i].Select(p => p.shape[0]));
            Assert.True(cat(parts[i], 0).allclose(whole, rtol: 1e-5, atol: 1e-7));
        }
    }

    [Fact]
    public void Assign_LogitsThatWouldOverflow_StaysFinite()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var q = SinkhornKnopp.Assign([[randn(6, 8, generator: generator) * 40]], 0.04, ShardGroup.Single)[0][0];
        Assert.True(q.isfinite().all().item<bool>());
    }
}
