namespace Poa.Elastic.Tests;

public sealed class SwitchTests
{
    public static TheoryData<string> Recipes => [.. ConfigurationRecipes.Names];

    [Theory]
    [InlineData("student: {intact: false, elastic: false}", "student.intact", "false", "no student to train")]
    [InlineData("{student: {elastic: false}, teacher: {elastic: true}}", "teacher.elastic", "true", "student.elastic is false")]
    [InlineData("{dino: {loss_weight: 0}, ibot: {loss_weight: 0}}", "dino.loss_weight", "0.0", "nothing would be learned")]
    [InlineData("{student: {intact: false}, dino: {elastic_cross_view: false}, ibot: {loss_weight: 0}}", "dino.elastic_cross_view", "false", "without a loss")]
    public void Load_SwitchesThatLeaveNothing_AreRefused(string yaml, string key, string value, string rule)
    {
        var fault = Assert.Single(Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([new("my.yaml", yaml)])).Faults);

        Assert.Equal((key, value), (fault.Key, fault.Value));
        Assert.Contains(rule, fault.Message, StringComparison.Ordinal);
    }

    // What is not read is not checked: least sizes and intervals that no grid could have.
    [Theory]
    [InlineData("student: {elastic: false, min_embed_dim: 2000, min_depth: 100, width_interval: 7, depth_interval: 7}", "1024x24")]
    [InlineData("student: {arch: swin_dynamic, elastic: false, min_embed_dim: 2000, min_s3_depth: 100, width_interval: 7, depth_interval: 7}", "128x18")]
    [InlineData("student: {arch: resnet_dynamic, elastic: false, min_depths: [9, 9, 9, 9], width_interval: 7, depth_interval: 7}", "128x3-8-36-3")]
    [InlineData("student: {elastic: false, min_embed_dim: 64, max_embed_dim: 64, min_depth: 2, max_depth: 2}", "64x2")]
    public void Grid_WithoutElasticStudent_IsTheIntactNetworkAlone(string yaml, string intact)
    {
        var configuration = PoaConfiguration.Load([new("my.yaml", yaml)]);
        var grid = configuration.Grid();

        Assert.Equal(intact, Assert.Single(grid.SubNetworks).ToString());
        Assert.Equal((grid.Intact, grid.Intact), (grid.Smallest, grid.Parse("intact")));
        Assert.Equal(1, RunCost.Of(configuration, 0).SubNetworks);
        Assert.Throws<ArgumentException>(configuration.ElasticSampler);
    }

    [Fact]
    public void Load_WithoutElasticStudent_StillTakesWholeHeads() => Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([], ["student.elastic=false", "student.max_embed_dim=1000"]));

    [Fact]
    public void Prototypes_WithoutMultipleHeads_AreTheGreatest()
    {
        var one = PoaConfiguration.Load([], ["dino.multiple_heads=false", "dino.head_n_prototypes=[16, 64, 32]"]);
        Assert.Equal([64], one.ClassPrototypes);
        Assert.Equal([64], one.PatchPrototypes);
        Assert.Equal([8], PoaConfiguration.Load([], ["dino.multiple_heads=false", "ibot.separate_head=true", "ibot.head_n_prototypes=[8]"]).PatchPrototypes);
        Assert.Equal([8192, 16384, 32768, 65536], new PoaConfiguration().ClassPrototypes);
    }

    [Fact]
    public void AlphaScaling_Off_ReachesEveryFamily()
    {
        Assert.False(PoaConfiguration.Load([], ["student.alpha_scaling=false"]).ViTArchitecture().AlphaScaling);
        Assert.False(PoaConfiguration.Load([], ["student.arch=swin_dynamic", "student.alpha_scaling=false"]).SwinArchitecture().AlphaScaling);
        Assert.False(PoaConfiguration.Load([], ["student.arch=resnet_dynamic", "student.alpha_scaling=false"]).ResNetArchitecture().AlphaScaling);
        Assert.True(new PoaConfiguration().ViTArchitecture().AlphaScaling);
        Assert.Equal(1, ElasticWidth.Alpha(64, 32, isScaled: false));
    }

    [Fact]
    public void Mode_IsOrderOrRandom()
    {
        Assert.Equal(ChannelSelection.Order, new PoaConfiguration().Student.Mode);
        Assert.Equal(ChannelSelection.Random, PoaConfiguration.Load([], ["student.mode=random"]).Student.Mode);
        Assert.Contains("order, random", Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([], ["student.mode=sort"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reference_EverySwitch_HasALine()
    {
        string[] switches =
        [
            "dino.elastic_cross_view", "dino.elastic_same_view", "dino.multiple_heads", "ibot.loss_weight", "dino.koleo_loss_weight", "train.centering",
            "ibot.separate_head", "student.alpha_scaling", "student.width_interval", "student.depth_interval", "student.net_select_scale",
            "train.shared_sub_network", "student.mode", "student.intact", "student.elastic", "teacher.elastic", "dino.head_weights", "seed.loss_weight",
        ];
        foreach (var family in Enum.GetValues<ArchitectureFamily>())
        {
            var described = ConfigurationReference.For(family).ToDictionary(line => line.Key);
            Assert.All(switches, key => Assert.NotEmpty(described[key].Description));
        }
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Recipe_OverAnyPreset_SetsItsSwitchesOnly(string recipe)
    {
        foreach (var preset in ConfigurationPresets.Names.Where(name => !name.StartsWith("bench", StringComparison.Ordinal)))
        {
            string[] needed = recipe == "seed" ? ["seed.teacher_run=other"] : []; // no recipe can name it
            var (plain, with) = (ConfigurationPresets.Load(preset, needed), ConfigurationPresets.Load(preset, needed, recipe));
            var changed = plain.Values().Zip(with.Values()).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => pair.First.Key);
            Assert.Empty(changed.Except(
            [
                "student.intact", "student.elastic", "teacher.elastic", "train.centering", "dino.loss_weight", "dino.multiple_heads", "dino.koleo_loss_weight", "ibot.loss_weight",
                "ibot.mask_sample_probability", "ibot.separate_head", "crops.local_crops_number", "optim.ibot_activate_epochs",
                "dino.head_n_prototypes", "dino.head_weights", "seed.loss_weight", "teacher.momentum_teacher", "teacher.final_momentum_teacher", "guard.collapsed_steps",
            ]));
            Assert.Equal(recipe == "poa", with.Grid().SubNetworks.Count > 1);
        }

        Assert.Equal(9, ConfigurationPresets.Load("demo", ["optim.epochs=9", "seed.teacher_run=other"], recipe).Optim.Epochs);
    }

    [Fact]
    public void Recipe_Poa_IsTheDefault() => Assert.Equal(ConfigurationPresets.Load("vit-ee1200"), ConfigurationPresets.Load("vit-ee1200", recipe: "poa"));

    [Fact]
    public void Recipes_AreTheOnesPromised() => Assert.Empty(((string[])["dino", "dinov2", "ent", "ibot", "poa", "seed"]).Except(ConfigurationRecipes.Names));

    [Fact]
    public void Recipe_UnknownName_ListsTheRecipes() => Assert.Contains(
        "dino, dinov2, ent, ibot, poa, seed", Assert.Throws<ConfigurationException>(() => ConfigurationRecipes.Source("dyno")).Message, StringComparison.Ordinal);
}
