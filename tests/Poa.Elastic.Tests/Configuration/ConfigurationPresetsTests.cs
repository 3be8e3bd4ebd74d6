namespace Poa.Elastic.Tests;

public sealed class ConfigurationPresetsTests
{
    public static TheoryData<string> Names => [.. ConfigurationPresets.Names];

    [Fact]
    public void Names_AreTheOnesPromised() => Assert.Equal(["bench", "bench-resnet", "bench-swin", "demo", "demo-quick", "demo-resnet", "demo-swin", "resnet-ee2400", "swin-ee1200", "vit-ee1200"], ConfigurationPresets.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Load_EachPreset_IsValidAndDescribesAGrid(string name) =>
        Assert.Equal(ConfigurationPresets.Load(name).Grid().SubNetworks[^1], ConfigurationPresets.Load(name).Grid().Intact);

    [Fact]
    public void Load_Demo_HasAtLeastFourWidthsAndFourDepthsOnDemoImages()
    {
        var demo = ConfigurationPresets.Load("demo");
        Assert.True(demo.Grid().Widths.Count >= 4 && demo.Grid().Depths.Count >= 4);
        Assert.Equal((28, 28, 28), (demo.Crops.GlobalCropsSize, demo.KnnImageSize, demo.KnnResizeSize));
    }

    [Fact]
    public void Load_DemoQuick_IsTheDemosNetworkForAFewSteps()
    {
        var (demo, quick) = (ConfigurationPresets.Load("demo"), ConfigurationPresets.Load("demo-quick"));
        Assert.Equal(demo.ViTArchitecture(), quick.ViTArchitecture());
        Assert.True(quick.TotalIterations * 10 < demo.TotalIterations);
    }

    [Fact]
    public void Load_Bench_IsTheSpecifiedConfiguration()
    {
        var bench = ConfigurationPresets.Load("bench");
        var architecture = bench.ViTArchitecture();
        Assert.Equal((32, 4, 96, 192), (architecture.ImageSize, architecture.PatchSize, architecture.MinEmbedDim, architecture.MaxEmbedDim));
        Assert.Equal((32, 6, 12), (architecture.HeadDim, architecture.MinDepth, architecture.MaxDepth));
        Assert.Equal((8, 16, 32), (bench.Crops.LocalCropsNumber, bench.Crops.LocalCropsSize, bench.Train.BatchSizePerGpu));
        Assert.Equal([1024, 2048], bench.Dino.HeadPrototypes);
        Assert.Equal((512, 128, 0L), (bench.Dino.HeadHiddenDim, bench.Dino.HeadBottleneckDim, bench.IbotActivationIteration));
    }

    [Fact]
    public void Load_PaperPreset_RunsThePapersSteps()
    {
        var paper = ConfigurationPresets.Load("vit-ee1200");
        Assert.Equal(276_800, paper.TotalIterations);
        Assert.Equal(143, paper.Grid().SubNetworks.Count);
        Assert.Equal(0.005, new TrainingSchedules(paper, shards: 32).PeakLearningRate, 1e-15);
    }

    [Theory]
    [InlineData("demo-swin", ArchitectureFamily.Swin, 9)]
    [InlineData("demo-resnet", ArchitectureFamily.ResNet, 12)]
    [InlineData("bench-swin", ArchitectureFamily.Swin, 15)]
    [InlineData("bench-resnet", ArchitectureFamily.ResNet, 120)]
    [InlineData("swin-ee1200", ArchitectureFamily.Swin, 39)]
    [InlineData("resnet-ee2400", ArchitectureFamily.ResNet, 465)]
    public void Load_OtherFamilies_HaveTheirGrids(string preset, ArchitectureFamily family, int subNetworks)
    {
        var configuration = ConfigurationPresets.Load(preset);

        Assert.Equal(family, configuration.Student.Architecture);
        Assert.Equal(subNetworks, configuration.Grid().SubNetworks.Count);
        Assert.Equal(subNetworks, RunCost.Of(configuration, 0).SubNetworks);
        Assert.Equal(configuration, PoaConfiguration.Load([new(preset, configuration.ToYaml())]));
    }

    [Fact]
    public void Load_Overrides_GoOverThePreset() => Assert.Equal(7, ConfigurationPresets.Load("demo", ["train.seed=7"]).Train.Seed);

    [Fact]
    public void Sources_UnknownName_ListsThePresets() => Assert.Contains(
        "bench, bench-resnet, bench-swin, demo, demo-quick, demo-resnet, demo-swin, resnet-ee2400, swin-ee1200, vit-ee1200", Assert.Throws<ConfigurationException>(() => ConfigurationPresets.Sources("dmeo")).Message, StringComparison.Ordinal);
}
