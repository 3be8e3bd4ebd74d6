using CsCheck;

namespace Poa.Elastic.Tests;

public sealed class ElasticSamplerTests
{
    private static readonly ViTGrid Grid = new(new ViTArchitecture { HeadDim = 16, MinEmbedDim = 48, MaxEmbedDim = 96, MinDepth = 3, MaxDepth = 6 });

    [Fact]
    public void At_OneWalk_TakesEveryListEntryOnceAndNeverTheIntactNetwork() => Gen.Select(Gen.Long, Gen.Int[0, 1000], Gen.Int[0, 8], Gen.Double[1, 4]).Sample(
        (seed, epoch, shard, scale) =>
        {
            var sampler = new ElasticSampler(Grid, scale, seed);
            var drawn = Enumerable.Range(0, sampler.WalkLength)
                .Select(i => sampler.At(((long)epoch * sampler.WalkLength) + i, shard))
                .CountBy(subNetwork => subNetwork)
                .ToDictionary();
            Assert.All(sampler.Multiplicities, entry =>
                Assert.Equal(entry.SubNetwork == Grid.Intact ? 0 : entry.Multiplicity, drawn.GetValueOrDefault(entry.SubNetwork)));
        });

    [Fact]
    public void At_AnyOrderOfCalls_GivesTheSameAnswers() => Gen.Select(Gen.Long, Gen.Long[0, 100_000].Array[1, 50]).Sample((seed, iterations) =>
    {
        var sampler = new ElasticSampler(Grid, 2, seed);
        var forwards = iterations.Select(i => sampler.At(i)).ToArray();
        var backwards = iterations.Reverse().Select(i => new ElasticSampler(Grid, 2, seed).At(i)).Reverse();
        Assert.Equal(forwards, backwards);
    });

    [Fact]
    public void At_ManyThreads_GivesTheSameAnswers()
    {
        var sampler = new ElasticSampler(Grid, 2, seed: 5);
        var alone = Enumerable.Range(0, 2000).Select(i => new ElasticSampler(Grid, 2, 5).At(i)).ToArray();
        var together = new SubNetwork[alone.Length];
        Parallel.For(0, alone.Length, i => together[i] = sampler.At(i));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void At_OtherSeedEpochOrShard_WalksInAnotherOrder()
    {
        var sampler = new ElasticSampler(Grid, 3, seed: 1);
        SubNetwork[] Walk(ElasticSampler source, int epoch, int shard) =>
            [.. Enumerable.Range(epoch * source.WalkLength, source.WalkLength).Select(i => source.At(i, shard))];
        var walk = Walk(sampler, 0, 0);
        Assert.NotEqual(walk, Walk(sampler, 1, 0));
        Assert.NotEqual(walk, Walk(sampler, 0, 1));
        Assert.NotEqual(walk, Walk(new ElasticSampler(Grid, 3, seed: 2), 0, 0));
    }

    [Fact]
    public void Constructor_OnlyTheIntactNetwork_Throws()
    {
        var single = new ViTGrid(new ViTArchitecture { MinEmbedDim = 64, MaxEmbedDim = 64, MinDepth = 2, MaxDepth = 2 });
        Assert.Throws<ArgumentException>(() => new ElasticSampler(single, 1, 0));
    }

    [Fact]
    public void At_NegativeIteration_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new ElasticSampler(Grid, 2, 0).At(-1));
}
