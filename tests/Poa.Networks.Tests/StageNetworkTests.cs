using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests;

/// <summary>What holds for elastic Swin and ResNet alike.</summary>
public sealed class StageNetworkTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    public void ClassTokens_SubNetworkAmongOthers_HasTheSameBitsAsAlone(string family)
    {
        using var network = StageNetworks.Create(family);
        var images = Networks.Random(3, 2, 3, 32, 32);
        var all = network.ClassTokens(images, network.Grid.SubNetworks);

        foreach (var (i, subNetwork) in network.Grid.SubNetworks.Index())
        {
            Assert.True(network.ClassTokens(images, [subNetwork])[0].equal(all[i]).all().item<bool>());
            Assert.True(Networks.MaxDeviation(network.Forward(images, subNetwork).ClassToken, all[i]) < 1e-5);
            Assert.Equal(network.Grid.FeatureWidth(subNetwork), all[i].shape[1]);
        }
    }

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    public void PooledBlocks_AllLevels_AreTheMeansOfTheStageMapsThenTheLastOnceMore(string family)
    {
        using var network = StageNetworks.Create(family);
        var images = Networks.Random(3, 2, 3, 32, 32);
        var rows = network.PooledBlocks(images, network.Grid.SubNetworks, levels => [.. Enumerable.Range(0, levels)]);

        foreach (var (i, subNetwork) in network.Grid.SubNetworks.Index())
        {
            var maps = network is ElasticSwin swin ? swin.StageMaps(images, subNetwork) : ((ElasticResNet)network).StageMaps(images, subNetwork);
            var expected = cat([.. maps.Append(maps[^1]).Select(map => map.Features_BCHW.mean([2, 3]))], 1);
            Assert.Equal(network.LevelWidths(subNetwork), maps.Select(map => (int)map.Features_BCHW.shape[1]));
            Assert.True(Networks.MaxDeviation(expected, rows[i]) < 1e-5);
        }
    }

    [Theory]
    [InlineData("swin", 20, 36, 2, 3)] // 2 pixels a patch, then three times halved and rounded up
    [InlineData("swin", 2, 6, 1, 1)]
    [InlineData("resnet", 21, 37, 1, 2)]
    [InlineData("resnet", 1, 7, 1, 1)]
    public void Forward_AnySize_GivesFiniteOutputsOfThatManyCells(string family, int height, int width, int rows, int columns)
    {
        using var network = StageNetworks.Create(family);
        var upSampling = family == "swin" ? StageNetworks.Swin.IbotScaleFactor : StageNetworks.ResNet.IbotScaleFactor;
        Assert.All(network.Grid.SubNetworks, subNetwork =>
        {
            var output = network.Forward(Networks.Random(4, 1, 3, height, width), subNetwork);
            Assert.True(output.ClassToken.isfinite().all().item<bool>());
            Assert.Equal([1, network.Grid.FeatureWidth(subNetwork)], output.ClassToken.shape);
            Assert.Equal([1, rows * columns, network.Grid.FeatureWidth(subNetwork)], output.Prenorm.shape);
            Assert.Equal([1, rows * columns * upSampling * upSampling, network.Grid.FeatureWidth(subNetwork)], output.PatchTokens.shape);
        });
    }

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    public async Task Forward_AllSubNetworksFromAsManyThreads_EachGetsItsOwn(string family)
    {
        using var network = StageNetworks.Create(family);
        var images = Networks.Random(3, 2, 3, 32, 32);
        var expected = network.Grid.SubNetworks.Select(s => network.Forward(images, s).ClassToken).ToArray();

        var deviations = await Task.WhenAll(network.Grid.SubNetworks.Select((s, i) => Task.Run(() => Enumerable.Range(0, 5).Max(_ =>
        {
            using var scope = NewDisposeScope();
            return Networks.MaxDeviation(expected[i], network.Forward(images, s).ClassToken);
        }))));

        Assert.All(deviations, deviation => Assert.Equal(0, deviation));
    }

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    public void Forward_TwentySteps_LeavesNoTensorsBehind(string family)
    {
        var swin = StageNetworks.Swin with { DropPathRate = 0.3 };
        using ElasticBackbone network = family == "swin" ? StageNetworks.Create(swin) : StageNetworks.Create(StageNetworks.ResNet);
        var images = Networks.Random(3, 2, 3, 32, 32);
        var masks = Networks.Random(5, 2, family == "swin" ? 64 : 4) > 0;
        void Step(int i)
        {
            using var scope = NewDisposeScope();
            var dropPath = family == "swin" ? new DropPathPlan(swin, 1, i) : null;
            var output = network.Forward([new(images, masks), new(images)], network.Grid.Smallest, dropPath);
            output[0].PatchTokens.sum().Plus(output[1].ClassToken.sum()).backward();
            network.ClassTokens(images, network.Grid.SubNetworks);
            network.PooledBlocks(images, network.Grid.SubNetworks, levels => [levels - 1]);
            _ = network is ElasticSwin elasticSwin ? elasticSwin.StageMaps(images, network.Grid.Intact) : ((ElasticResNet)network).StageMaps(images, network.Grid.Intact);
        }

        Step(0);
        Step(1);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 2; i < 22; i++)
        {
            Step(i);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Forward_DroppedSamplesOfASwinBlock_AddTheScaledBranchForTheKeptOnesOnly()
    {
        using var network = StageNetworks.Create(StageNetworks.Swin);
        using var windows = new ShiftedWindows(StageNetworks.Swin.WindowSize);
        var block = network.stages[0].Slice(8, new(8, 4), RelativePositions.Index(StageNetworks.Swin.WindowSize, CPU))[1];
        var x_BHWD = Networks.Random(2, 4, 5, 6, 8);
        KeptSamples all = new([0, 1, 2, 3], 1), none = new([], 1);

        var actual = block.Forward(x_BHWD, windows, (_, residual) => residual == 0 ? new([0, 2], 2) : none);

        var attention = block.Forward(x_BHWD, windows, (_, residual) => residual == 0 ? all : none) - x_BHWD;
        Assert.All(new[] { 0, 2 }, row => GoldenTensors.AssertClose(x_BHWD[row].Plus(attention[row].Times(2)), actual[row], 1e-5, 1e-5, "kept"));
        Assert.All(new[] { 1, 3 }, row => Assert.True(x_BHWD[row].equal(actual[row]).all().item<bool>()));
    }

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    public void Forward_GradientOfASubNetwork_IsZeroOutsideItsSlice(string family)
    {
        using var network = StageNetworks.Create(family);
        var subNetwork = network.Grid.Smallest;
        network.Forward(Networks.Random(5, 2, 3, 32, 32), subNetwork).PatchTokens.square().sum().backward();
        var gradients = network.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!);

        var (kept, dropped, inside, outside) = family == "swin"
            ? ("stages.2.blocks.3.ffn.fc1.linear.weight", "stages.2.blocks.1.ffn.fc1.linear.weight",
                gradients["stages.2.blocks.3.ffn.fc1.linear.weight"].narrow(0, 0, 128).narrow(1, 0, 32), gradients["stages.2.blocks.3.ffn.fc1.linear.weight"].narrow(1, 32, 32))
            : ("layer2.layers.1.conv2.conv.weight", "layer3.layers.1.conv2.conv.weight",
                gradients["layer2.layers.1.conv2.conv.weight"].narrow(0, 0, 8).narrow(1, 0, 8), gradients["layer2.layers.1.conv2.conv.weight"].narrow(1, 8, 8));
        Assert.Contains(kept, gradients.Keys);
        Assert.DoesNotContain(dropped, gradients.Keys);
        Assert.True(inside.abs().max().item<float>() > 0);
        Assert.Equal(0, outside.abs().max().item<float>());
    }

    [Theory]
    [InlineData("swin", 64)]
    [InlineData("resnet", 4)]
    public void Forward_Masks_ChangeTheOutputAndHaveOneForEachUpSampledCell(string family, int cells)
    {
        using var network = StageNetworks.Create(family);
        var images = Networks.Random(6, 2, 3, 32, 32);
        var masks = zeros(2, cells, dtype: ScalarType.Bool);
        masks[0, 0] = tensor(true);

        var (plain, masked) = (network.Forward(images, network.Grid.Intact), network.Forward(images, network.Grid.Intact, masks));

        Assert.Equal(cells, plain.PatchTokens.shape[1]);
        Assert.True(Networks.MaxDeviation(plain.ClassToken[0], masked.ClassToken[0]) > 1e-3);
        Assert.True(Networks.MaxDeviation(plain.ClassToken[1], masked.ClassToken[1]) < 1e-6);
        Assert.Contains(
            $"Bool [2, {cells + 1}]",
            Assert.Throws<ArgumentException>(() => network.Forward(images, network.Grid.Intact, zeros(2, cells + 1, dtype: ScalarType.Bool))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_SwinDropPath_KeepsEachSampleWithItsProbabilityAndIsRepeatable()
    {
        var architecture = StageNetworks.Swin with { DropPathRate = 0.9 };
        using var network = StageNetworks.Create(architecture);
        var images = Networks.Random(7, 4, 3, 32, 32);
        Tensor Run(long iteration) => network.Forward([new(images)], network.Grid.Intact, new DropPathPlan(architecture, 1, iteration))[0].ClassToken;

        Assert.True(Run(3).equal(Run(3)).all().item<bool>());
        Assert.True(Networks.MaxDeviation(Run(3), Run(4)) > 1e-3);
        var plan = new DropPathPlan(architecture, 1, 0);
        Assert.Equal(new KeptSamples([0, 1, 2, 3], 1).Indices, plan.Kept(0, 0, 0, 2, 4).Indices);
        var last = Enumerable.Range(0, 200).Sum(i => new DropPathPlan(architecture, 1, i).Kept(architecture.BlockCount - 1, 0, 0, 2, 10).Indices.Count);
        Assert.InRange(last, 120, 280); // 2000 draws that keep a tenth: 200 with a deviation of 13
    }

    [Fact]
    public void Forward_OffTheGridOrOddImages_SaysWhatIsWanted()
    {
        using var swin = StageNetworks.Create(StageNetworks.Swin);
        Assert.Contains("widths are 8, 16", Assert.Throws<ArgumentException>(() => swin.Forward(Networks.Random(1, 1, 3, 32, 32), new(12, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("patches of 2", Assert.Throws<ArgumentException>(() => swin.Forward(Networks.Random(1, 1, 3, 31, 32), new(8, 3))).Message, StringComparison.Ordinal);
        using var resNet = StageNetworks.Create(StageNetworks.ResNet);
        Assert.Contains("[B, 3, H, W]", Assert.Throws<ArgumentException>(() => resNet.Forward(Networks.Random(1, 1, 4, 32, 32), resNet.Grid.Intact)).Message, StringComparison.Ordinal);
    }
}
