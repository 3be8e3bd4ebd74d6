using Poa.Elastic;
using Poa.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Plain;

public sealed class PlainStageNetworkTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    public void Load_FileOfEveryCell_GivesTheLiveSlicesOutputs(string family)
    {
        using var network = StageNetworks.Create(family);
        // The network's own size, a smaller one, and one that is neither square nor of whole windows.
        AssertParity(network, network.Grid.SubNetworks, [Networks.Random(7, 2, 3, 32, 32), Networks.Random(8, 3, 3, 16, 16), Networks.Random(9, 1, 3, 20, 28)]);
    }

    [Fact]
    public void Load_SwinWithoutQkvBias_GivesTheLiveSlicesOutputs()
    {
        using var network = StageNetworks.Create(StageNetworks.Swin with { QkvBias = false });
        AssertParity(network, network.Grid.SubNetworks, [Networks.Random(7, 2, 3, 32, 32)]);
    }

    [Fact]
    public void Load_ResNetWithOtherStridesAndNoDownsampling_GivesTheLiveSlicesOutputs()
    {
        using var network = StageNetworks.Create(StageNetworks.ResNet with { StemChannels = 16, Strides = [1, 2, 1, 2] });
        AssertParity(network, network.Grid.SubNetworks, [Networks.Random(7, 2, 3, 33, 17)]);
    }

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    [Trait("Category", Golden.Trait)]
    public void Load_FileOfEveryCellOfTheGoldenNetwork_GivesTheLiveSlicesOutputs(string family)
    {
        using ElasticBackbone network = family == "swin"
            ? GoldenTensors.LoadSwin(Golden.Json("swin_forward.json").GetProperty("config"))
            : GoldenTensors.LoadResNet(Golden.Json("resnet_forward.json").GetProperty("config"));
        AssertParity(network, network.Grid.SubNetworks, [GoldenTensors.Load($"{family}_forward.safetensors")["in/local"]]);
    }

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    public void PlainWeights_SubNetwork_HasTheParametersItsCostSays(string family)
    {
        using var network = StageNetworks.Create(family);
        foreach (var subNetwork in network.Grid.SubNetworks)
        {
            var weights = Extraction.PlainWeights(network, subNetwork);

            Assert.Equal(network.Grid.CostOf(subNetwork, 32).Parameters, weights.Values.Sum(w => w.NumberOfElements));
        }

        // All that the intact network has beside is the mask token.
        Assert.Equal(
            network.parameters().Sum(p => p.NumberOfElements),
            network.Grid.CostOf(network.Grid.Intact, 32).Parameters + StateDictionary.Of(network).ToDictionary()["mask_token"].NumberOfElements);
    }

    [Fact]
    public void PlainWeights_SwinNames_AreTimmsAndTheDocumentedOnes()
    {
        using var network = StageNetworks.Create(StageNetworks.Swin);

        var weights = Extraction.PlainWeights(network, new(8, 3));

        Assert.Equal(
            ["norm.bias", "norm.weight", "patch_embed.norm.bias", "patch_embed.norm.weight", "patch_embed.proj.bias", "patch_embed.proj.weight",
             "stage_norms.0.bias", "stage_norms.0.weight", "stage_norms.1.bias", "stage_norms.1.weight", "stage_norms.2.bias", "stage_norms.2.weight"],
            weights.Keys.Where(k => !k.StartsWith("layers", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["attn.proj.bias", "attn.proj.weight", "attn.qkv.bias", "attn.qkv.weight", "attn.relative_position_bias_table", "mlp.fc1.bias", "mlp.fc1.weight",
             "mlp.fc2.bias", "mlp.fc2.weight", "norm1.bias", "norm1.weight", "norm2.bias", "norm2.weight"],
            weights.Keys.Where(k => k.StartsWith("layers.2.blocks.2.", StringComparison.Ordinal)).Select(k => k["layers.2.blocks.2.".Length..]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(weights.Keys, k => k.StartsWith("layers.2.blocks.3", StringComparison.Ordinal));
        Assert.Equal([16, 3, 2, 2], weights["patch_embed.proj.weight"].shape);
        Assert.Equal([16, 32], weights["layers.1.downsample.reduction.weight"].shape);
    }

    [Fact]
    public void PlainWeights_ResNetNames_AreTimms()
    {
        using var network = StageNetworks.Create(StageNetworks.ResNet);

        var weights = Extraction.PlainWeights(network, new(4, new(1, 2, 2, 1)));

        Assert.Equal(["bn1.bias", "bn1.weight", "conv1.weight"], weights.Keys.Where(k => !k.StartsWith("layer", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["bn1.bias", "bn1.weight", "bn2.bias", "bn2.weight", "bn3.bias", "bn3.weight", "conv1.weight", "conv2.weight", "conv3.weight",
             "downsample.0.weight", "downsample.1.bias", "downsample.1.weight"],
            weights.Keys.Where(k => k.StartsWith("layer3.0.", StringComparison.Ordinal)).Select(k => k["layer3.0.".Length..]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(weights.Keys, k => k.StartsWith("layer3.2.", StringComparison.Ordinal));
    }

    // The floor is what timm builds: planes 88, 104, 176, 184 and 200 have middle widths whose ratio, as a double, falls short.
    [Fact]
    public void BaseWidth_EveryMiddleWidth_GivesTimmThatManyChannelsInEveryStage()
    {
        for (var planes = 4; planes <= 256; planes += 4)
        {
            for (var middle = 1; middle <= 2 * planes; middle++)
            {
                var ratio = TimmConfiguration.BaseWidth(planes, middle) / 64;
                Assert.All([1, 2, 4, 8], stage => Assert.Equal(stage * middle, (int)(stage * planes * ratio)));
            }
        }

        Assert.Equal(128, TimmConfiguration.BaseWidth(64, 128));
    }

    // Of four blocks the last of three kept ones is block 3, which is shifted; third in its new place it would not be.
    [Fact]
    public void Configuration_KeptSwinBlocks_KeepTheirShift()
    {
        var plain = Extraction.Configuration(StageNetworks.Swin, new(8, 3));

        Assert.Equal([0, 1, 3], StageNetworks.Swin.KeptBlocks(SwinArchitecture.ElasticStage, 3));
        Assert.Equal([false, true, true], plain.Shifted[SwinArchitecture.ElasticStage]);
    }

    [Theory]
    [InlineData("patch_embed.norm.weight", 0)]
    [InlineData("layers.0.blocks.1.attn.qkv.weight", 2)]
    [InlineData("layers.1.downsample.reduction.weight", 3)]
    [InlineData("layers.1.blocks.0.norm1.weight", 3)]
    [InlineData("layers.3.blocks.1.mlp.fc2.bias", 8)]
    [InlineData("stage_norms.0.weight", 9)]
    [InlineData("norm.bias", 9)]
    public void LayerOf_SwinParameter_CountsBlocksThroughTheStages(string parameter, int layer) =>
        Assert.Equal(layer, Extraction.Configuration(StageNetworks.Swin, new(8, 3)).LayerOf(parameter));

    [Theory]
    [InlineData("conv1.weight", 0)]
    [InlineData("bn1.bias", 0)]
    [InlineData("layer1.0.conv1.weight", 1)]
    [InlineData("layer2.1.bn3.weight", 3)]
    [InlineData("layer4.0.downsample.1.weight", 6)]
    public void LayerOf_ResNetParameter_CountsBlocksThroughTheStages(string parameter, int layer) =>
        Assert.Equal(layer, Extraction.Configuration(StageNetworks.ResNet, new(4, new(1, 2, 2, 1))).LayerOf(parameter));

    [Fact]
    public void Load_FileOfAnotherFamily_SaysWhatItHolds()
    {
        using var network = StageNetworks.Create(StageNetworks.ResNet);
        using var file = Extract(network, network.Grid.Smallest);

        var error = Assert.Throws<SafetensorsException>(() => PlainViT.Load(file, "model.safetensors"));

        Assert.Contains("a plain ResNet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_OffTheGrid_ListsWhatThereIs() => Assert.Contains(
        "1-2-1-1, ", Assert.Throws<ArgumentException>(() => Extraction.Configuration(StageNetworks.ResNet, new(4, 5))).Message, StringComparison.Ordinal);

    private static void AssertParity(ElasticBackbone network, IReadOnlyList<SubNetwork> subNetworks, Tensor[] inputs)
    {
        Assert.NotEmpty(subNetworks);
        foreach (var subNetwork in subNetworks)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var file = Extract(network, subNetwork);
            using var plain = (PlainStageNetwork)PlainNetwork.Load(file, subNetwork.ToString());
            foreach (var images in inputs)
            {
                var live = network.Forward(images, subNetwork);
                var extracted = plain.Forward(images);

                AssertClose(live.ClassToken, extracted.ClassToken, $"{subNetwork}: feature");
                AssertClose(live.Prenorm, extracted.Prenorm, $"{subNetwork}: prenorm");
                var maps = network is ElasticSwin swin ? swin.StageMaps(images, subNetwork) : ((ElasticResNet)network).StageMaps(images, subNetwork);
                Assert.All(maps.Zip(plain.StageMaps(images)), pair => AssertClose(pair.First.Features_BCHW, pair.Second, $"{subNetwork}: map"));
            }
        }
    }

    private static void AssertClose(Tensor live, Tensor extracted, string what) => Assert.True(
        Networks.MaxDeviation(live, extracted) <= Tolerance * Math.Max(1, live.abs().max().item<float>()), $"{what}: {Networks.MaxDeviation(live, extracted):E2}");

    private static MemoryStream Extract(ElasticBackbone network, SubNetwork subNetwork)
    {
        var file = new MemoryStream();
        Extraction.Save(file, Extraction.PlainWeights(network, subNetwork), Extraction.Configuration(network, subNetwork));
        file.Position = 0;
        return file;
    }
}
