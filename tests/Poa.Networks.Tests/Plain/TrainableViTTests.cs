using Poa.Elastic;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Plain;

public sealed class TrainableViTTests
{
    private static readonly SubNetwork SubNetwork = new(16, 3);

    [Theory]
    [InlineData(FeedForward.Mlp, 1.0)]
    [InlineData(FeedForward.SwiGlu, null)]
    public void TokenMaps_LastBlock_AreThePlainNetworksPatchTokens(FeedForward feedForward, double? layerScale)
    {
        using var scope = NewDisposeScope();
        var (configuration, weights) = Extract(Networks.Tiny with { FeedForward = feedForward, LayerScale = layerScale });
        using var plain = new PlainViT(configuration, weights, "test");
        using var trainable = new TrainableViT(configuration, weights, "test");
        var images = Networks.Random(3, 2, 3, 24, 16);

        var expected = plain.Forward(images).Prenorm.narrow(1, 1, 24).view(2, 6, 4, 16).permute(0, 3, 1, 2);
        var maps = trainable.TokenMaps(images, [0, 2, 2]);

        GoldenTensors.AssertClose(expected, maps[1], 1e-5, 1e-5, "tokens");
        Assert.True(maps[1].equal(maps[2]).all().item<bool>());
        Assert.False(maps[0].equal(maps[1]).all().item<bool>());
    }

    [Fact]
    public void TokenMaps_Backward_ReachesEveryParameter()
    {
        using var scope = NewDisposeScope();
        var (configuration, weights) = Extract(Networks.Tiny);
        using var trainable = new TrainableViT(configuration, weights, "test", new TokenGrid(3, 5));

        // Another grid than the table's, so that gradients pass through the resampling.
        trainable.TokenMaps(Networks.Random(3, 2, 3, 16, 16), [2])[0].square().sum().backward();

        Assert.All(trainable.named_parameters(), p => Assert.True(p.parameter.grad!.abs().sum().item<float>() > 0, p.name));
        Assert.DoesNotContain(trainable.named_parameters(), p => p.name.StartsWith("norm.", StringComparison.Ordinal));
    }

    [Fact]
    public void PositionEmbedding_SkipRules_DifferForOblongGrids()
    {
        using var scope = NewDisposeScope();
        var (configuration, weights) = Extract(Networks.Tiny);
        using var detection = new TrainableViT(configuration, weights, "test", new TokenGrid(2, 8), PositionSkip.EqualGrid);
        using var segmentation = new TrainableViT(configuration, weights, "test", new TokenGrid(2, 8), PositionSkip.EqualCountAndSquare);
        Tensor Table(TrainableViT network) => network.named_parameters().Single(p => p.name == "pos_embed").parameter;

        Assert.True(detection.PositionEmbedding(8, 32).equal(Table(detection)).all().item<bool>());
        Assert.False(segmentation.PositionEmbedding(8, 32).allclose(Table(segmentation)));
        Assert.False(detection.PositionEmbedding(16, 16).allclose(Table(detection)));
        Assert.True(segmentation.PositionEmbedding(16, 16).equal(Table(segmentation)).all().item<bool>());
    }

    [Fact]
    public void TokenMaps_DropPath_DependsOnSeedStepAndPlaceInTheBatchOnly()
    {
        using var scope = NewDisposeScope();
        var (configuration, weights) = Extract(Networks.Tiny);
        using var network = new TrainableViT(configuration, weights, "test");
        var images = Networks.Random(3, 6, 3, 16, 16);
        Tensor Run(long iteration, int count) =>
            network.TokenMaps(images.narrow(0, 0, count), [2], new IndependentDropPath(3, 0.9, seed: 4, iteration, count))[0];

        var whole = Run(1, 6);

        GoldenTensors.AssertClose(whole.narrow(0, 0, 3), Run(1, 3), 1e-5, 1e-5, "the first three of the batch");
        Assert.False(whole.allclose(Run(2, 6)));
        Assert.False(whole.allclose(network.TokenMaps(images, [2])[0]));
    }

    [Fact]
    public void DropPath_Rates_RiseLinearlyAndScaleMakesUpForThem()
    {
        var draws = new IndependentDropPath(depth: 5, rate: 0.4, seed: 1, iteration: 0, batch: 4000);

        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4], Enumerable.Range(0, 5).Select(draws.RateOf), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(4000, draws.Kept(0, 1).Indices.Count);
        Assert.InRange(draws.Kept(4, 0).Indices.Count, 2280, 2520);
        Assert.Equal(1 / 0.6, draws.Kept(4, 0).Scale, 12);
        Assert.NotEqual(draws.Kept(4, 0).Indices, draws.Kept(4, 1).Indices);
    }

    private static (PlainViTConfiguration, Dictionary<string, Tensor>) Extract(ViTArchitecture architecture)
    {
        using var network = Networks.Create(architecture);
        return (Extraction.Configuration(architecture, SubNetwork), Extraction.PlainWeights(Networks.StateOf(network), architecture, SubNetwork));
    }
}
