using CsCheck;

namespace Poa.Elastic.Tests;

public sealed class ConfigurationLoadTests
{
    [Fact]
    public void Load_Nothing_GivesThePaperViT()
    {
        var configuration = PoaConfiguration.Load([]);
        Assert.Equal(new PoaConfiguration(), configuration);
        Assert.Equal(143, configuration.Grid().SubNetworks.Count);
        Assert.Equal([8192, 16384, 32768, 65536], configuration.Dino.HeadPrototypes);
        Assert.Equal((0.0, 0.9, 0.5), (configuration.Augmentation.BlurProbabilityGlobal1, configuration.Augmentation.BlurProbabilityGlobal2, configuration.Augmentation.BlurProbabilityLocal));
    }

    [Fact]
    public void Load_SeveralSources_LaterOnesWinKeyByKeyAndOverridesLast()
    {
        var configuration = PoaConfiguration.Load(
            [new("a", "optim: {epochs: 20, min_lr: 1e-5}\ndino: {head_n_prototypes: [1, 2, 3]}"), new("b", "optim:\n  epochs: 30\ndino:\n  head_n_prototypes: [4]")],
            ["optim.epochs=40", "train.threads = 2"]);
        Assert.Equal((40, 1e-5), (configuration.Optim.Epochs, configuration.Optim.MinLearningRate));
        Assert.Equal([4], configuration.Dino.HeadPrototypes);
        Assert.Equal(2, configuration.Train.Threads);
    }

    [Theory]
    [InlineData("dino.head_n_prototypes=[8192,16384]")]
    [InlineData("dino={head_n_prototypes: [8192, 16384]}")]
    [InlineData("dino.head_n_prototypes= [ 8192, 16384 ] # two heads")]
    public void Load_OverrideWithAListOrMapping_IsYaml(string text) =>
        Assert.Equal([8192, 16384], PoaConfiguration.Load([], [text]).Dino.HeadPrototypes);

    [Theory]
    [InlineData("student.layerscale=null")]
    [InlineData("student.layerscale=")]
    [InlineData("student.layerscale=0")]
    public void Load_NoLayerScale_IsNone(string text) => Assert.Null(PoaConfiguration.Load([], [text]).ViTArchitecture().LayerScale);

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment")]
    [InlineData("optim:\n  # every key commented out\ntrain:\n")]
    public void Load_EmptyFileOrSection_ChangesNothing(string yaml) => Assert.Equal(new PoaConfiguration(), PoaConfiguration.Load([new("a.yaml", yaml)]));

    [Fact]
    public void ToYaml_AnyConfiguration_LoadsAsAnEqualOneWithTheSameFingerprint()
    {
        var any = from seed in Gen.Long
                  from rate in Gen.Double[0, 1e-3]
                  from weight in Gen.Double[0, 1e9]
                  from prototypes in Gen.Int[1, 1 << 20].Array[1, 6]
                  from low in Gen.Double[0.01, 0.5]
                  from path in Gen.String
                  from layerScale in Gen.OneOf(Gen.Const((double?)null), Gen.Double[0, 1].Select(value => (double?)value))
                  from grad in Gen.Bool
                  select new PoaConfiguration
                  {
                      Train = new() { Seed = seed, DatasetPath = path.Replace("\0", "") },
                      Optim = new() { MinLearningRate = rate },
                      Dino = new() { HeadPrototypes = EquatableArray.Create<int>(prototypes), LossWeight = weight },
                      Crops = new() { GlobalCropsScale = new(low, low * 2) },
                      Student = new() { LayerScale = layerScale },
                      ComputePrecision = new() { GradScaler = grad },
                  };
        any.Sample(configuration =>
        {
            var again = PoaConfiguration.Load([new("canonical", configuration.ToYaml())]);
            Assert.Equal(configuration, again);
            Assert.Equal(configuration.ToYaml(), again.ToYaml());
            Assert.Equal(configuration.Fingerprint, again.Fingerprint);
        });
    }

    [Theory]
    [InlineData("swin_dynamic")]
    [InlineData("resnet_dynamic")]
    public void ToYaml_OtherFamilies_LoadsAsAnEqualOne(string arch)
    {
        var configuration = PoaConfiguration.Load([], [$"student.arch={arch}"]);
        Assert.Equal(configuration, PoaConfiguration.Load([new("canonical", configuration.ToYaml())]));
    }

    [Fact]
    public void Fingerprint_OneKeyChanged_IsAnother()
    {
        var fingerprints = new[] { "train.seed=0", "train.seed=1", "train.threads=2", "dino.head_n_prototypes=[5]" }
            .Select(text => PoaConfiguration.Load([], [text]).Fingerprint).ToArray();
        Assert.Equal(4, fingerprints.Distinct().Count());
        Assert.All(fingerprints, fingerprint => Assert.Matches("^[0-9a-f]{64}$", fingerprint));
        Assert.Equal(new PoaConfiguration().Fingerprint, fingerprints[0]);
    }

    [Fact]
    public void Reference_EveryKey_IsDescribedAndItsDefaultLoads()
    {
        foreach (var family in Enum.GetValues<ArchitectureFamily>())
        {
            var keys = ConfigurationReference.For(family);
            Assert.All(keys, key => Assert.NotEqual("", key.Description));
            Assert.Equal(keys.Count, keys.DistinctBy(key => key.Key).Count());
            // Every default, given as an override, is legal and changes nothing.
            var loaded = PoaConfiguration.Load([], [.. keys.Select(key => $"{key.Key}={key.Default}")]);
            Assert.Equal(PoaConfiguration.Load([], [$"student.arch={ArchitectureName(family)}"]), loaded);
        }
    }

    private static string ArchitectureName(ArchitectureFamily family) =>
        ConfigurationReference.For(family).Single(key => key.Key == "student.arch").Default;
}
