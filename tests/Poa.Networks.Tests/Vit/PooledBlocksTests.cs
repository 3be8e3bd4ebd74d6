using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Vit;

public sealed class PooledBlocksTests
{
    [Fact]
    public void PooledBlocks_WholeGrid_AreTheTokensOfEachNetworksOwnForwardPass()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Networks.Create(Networks.Tiny with { MinDepth = 6, MaxDepth = 8 });
        var images = Networks.Random(3, 2, 3, 16, 16);
        var grid = network.Grid.SubNetworks;

        var pooled = network.PooledBlocks(images, grid, depth => ElasticViT.IntermediatePositions(depth, 4));

        foreach (var (subNetwork, row) in grid.Zip(pooled))
        {
            var layers = network.IntermediateLayers(images, subNetwork, 4);
            var mean = network.Forward(images, subNetwork).PatchTokens.mean([1]);
            var expected = cat([.. layers.Select(layer => layer.ClassToken_BD), mean], 1);
            Assert.Equal(expected.shape, row.shape);
            Assert.InRange(Networks.MaxDeviation(expected, row), 0, 1e-5);
        }
    }

    [Fact]
    public void PooledBlocks_OneAloneOrAmongOthers_HasIdenticalBits()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Networks.Create(Networks.Tiny with { PatchSize = 2, MinEmbedDim = 48, MaxEmbedDim = 112, HeadDim = 16 });
        var images = Networks.Random(3, 29, 3, 16, 16);
        var grid = network.Grid.SubNetworks;

        var among = network.PooledBlocks(images, grid, AllBlocks);

        foreach (var (subNetwork, row) in grid.Zip(among))
        {
            Assert.Equal(0, Networks.MaxDeviation(row, network.PooledBlocks(images, [subNetwork], AllBlocks)[0]));
        }
    }

    [Fact]
    public void PooledBlocks_TwentyTimes_LeavesNoTensorsBehind()
    {
        using var network = Networks.Create(Networks.Tiny);
        var images = Networks.Random(3, 2, 3, 16, 16);
        void Once()
        {
            using var scope = NewDisposeScope();
            network.PooledBlocks(images, network.Grid.SubNetworks, AllBlocks);
        }

        Once();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 20; i++)
        {
            Once();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static IReadOnlyList<int> AllBlocks(int depth) => [.. Enumerable.Range(0, depth)];
}
