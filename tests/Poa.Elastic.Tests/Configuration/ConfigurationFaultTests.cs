namespace Poa.Elastic.Tests;

public sealed class ConfigurationFaultTests
{
    [Fact]
    public void Load_UnknownKey_NamesKeySourceLineAndNearestKey()
    {
        var fault = Single("train:\n  seed: 1\n  batch_size_per_gpus: 4\n");
        Assert.Equal(("train.batch_size_per_gpus", "4"), (fault.Key, fault.Value));
        Assert.Contains("my.yaml:3", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean train.batch_size_per_gpu?", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("optim.momentum_teacher=0.9", "Did you mean teacher.momentum_teacher?")]
    [InlineData("studnet.head_dim=16", "Did you mean student?")]
    [InlineData("train.Seed=1", "Did you mean train.seed?")]
    [InlineData("evaluation.knn.neighbors=[1]", "Did you mean evaluation.knn.neighbours?")]
    public void Load_UnknownOverride_NamesItselfAndTheNearestKey(string text, string suggestion)
    {
        var fault = Assert.Single(Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([], [text])).Faults);
        Assert.Contains($"override '{text}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains(suggestion, fault.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> TextsThatStandForTooMuch => new()
    {
        // Nine times nine times nine ...: a kilobyte for three hundred billion values.
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 11).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n")),
        $"a: {new string('[', 100_000)}",
        string.Concat(Enumerable.Repeat("a: {", 10_000)),
        "a: " + string.Concat(Enumerable.Repeat("- ", 10_000)),
        "a: &a [*a]",
    };

    [Theory]
    [MemberData(nameof(TextsThatStandForTooMuch))]
    public void Load_TextThatStandsForTooMuch_IsRefusedSoon(string yaml)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var error = Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([new("my.yaml", yaml)]));

        Assert.Contains("not valid YAML", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 10_000);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public void Load_KeyLikeNoOther_SuggestsNothing() =>
        Assert.DoesNotContain("Did you mean", Single("zzz: {completely_different_thing: 1}").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("train: {batch_size_per_gpu: 0}", "train.batch_size_per_gpu", "0", ">= 1")]
    [InlineData("student: {drop_path_rate: 1.0}", "student.drop_path_rate", "1.0", "[0, 1)")]
    [InlineData("guard: {learning_rate_factor: 1.0}", "guard.learning_rate_factor", "1.0", "(0, 1)")]
    [InlineData("guard: {entropy_min: 0.6, entropy_max: 0.5}", "guard.entropy_min", "0.6", "less than guard.entropy_max, 0.5")]
    [InlineData("teacher: {teacher_temp: 0}", "teacher.teacher_temp", "0", "(0, 10]")]
    [InlineData("optim: {iter_num_scale: 0.5}", "optim.iter_num_scale", "0.5", "[0.7, 1]")]
    [InlineData("crops: {global_crops_scale: [0.5, 1.5]}", "crops.global_crops_scale", "[0.5, 1.5]", "(0, 1]")]
    [InlineData("crops: {global_crops_scale: [0.5, 0.4]}", "crops.global_crops_scale", "[0.5, 0.4]", "least and greatest")]
    [InlineData("dino: {head_n_prototypes: []}", "dino.head_n_prototypes", "[]", "list of integers")]
    [InlineData("dino: {head_n_prototypes: [8, 0]}", "dino.head_n_prototypes", "[8, 0]", ">= 1")]
    [InlineData("augmentation: {mean: [0.5, 0.5]}", "augmentation.mean", "[0.5, 0.5]", "list of 3 numbers")]
    public void Load_ValueOutOfRange_NamesKeyValueAndRange(string yaml, string key, string value, string range) => AssertNames(Single(yaml), key, value, range);

    [Theory]
    [InlineData("train: {seed: soon}", "train.seed", "soon", "integer")]
    [InlineData("train: {batch_size_per_gpu: 6.5}", "train.batch_size_per_gpu", "6.5", "integer")]
    [InlineData("train: {batch_size_per_gpu: '64'}", "train.batch_size_per_gpu", "64", "integer")]
    [InlineData("train: {batch_size_per_gpu: 99999999999}", "train.batch_size_per_gpu", "99999999999", "integer")]
    [InlineData("optim: {base_lr: .nan}", "optim.base_lr", ".nan", "number")]
    [InlineData("student: {qkv_bias: 2}", "student.qkv_bias", "2", "true or false")]
    [InlineData("student: {arch: vit}", "student.arch", "vit", "vit_dynamic, swin_dynamic, resnet_dynamic")]
    [InlineData("train: {centering: mean}", "train.centering", "mean", "sinkhorn_knopp, centering")]
    [InlineData("dino: {head_n_prototypes: 8192}", "dino.head_n_prototypes", "8192", "list of integers")]
    [InlineData("ibot: {mask_ratio_min_max: 0.3}", "ibot.mask_ratio_min_max", "0.3", "list of two numbers")]
    [InlineData("train: {seed: [1]}", "train.seed", "[1]", "integer")]
    [InlineData("train: 5", "train", "5", "section")]
    public void Load_WrongType_NamesKeyValueAndType(string yaml, string key, string value, string type) => AssertNames(Single(yaml), key, value, type);

    [Fact]
    public void Load_KeyWithoutValue_SaysSo()
    {
        var fault = Single("train: {batch_size_per_gpu: }");
        Assert.Equal("train.batch_size_per_gpu", fault.Key);
        Assert.Contains("has no value, but must be integer >= 1", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("student: {min_embed_dim: 400}", "student.min_embed_dim", "400", "student.head_dim, 64")]
    [InlineData("student: {min_embed_dim: 1088}", "student.min_embed_dim", "1088", "student.max_embed_dim, 1024")]
    [InlineData("student: {min_depth: 30}", "student.min_depth", "30", "student.max_depth, 24")]
    [InlineData("student: {width_interval: 3}", "student.width_interval", "3", "student.max_embed_dim, 1024")]
    [InlineData("student: {depth_interval: 5}", "student.depth_interval", "5", "student.max_depth, 24")]
    [InlineData("student: {min_embed_dim: 1024, min_depth: 24}", "student.min_depth", "24", "two sub-networks")]
    [InlineData("crops: {local_crops_size: 100}", "crops.local_crops_size", "100", "student.patch_size, 16")]
    [InlineData("ibot: {mask_sample_probability: 0}", "ibot.mask_sample_probability", "0.0", "ibot.loss_weight=0")]
    [InlineData("ibot: {mask_ratio_min_max: [0, 0]}", "ibot.mask_ratio_min_max", "[0.0, 0.0]", "ibot.loss_weight=0")]
    [InlineData("ibot: {separate_head: true, head_n_prototypes: [5]}", "ibot.head_n_prototypes", "[5]", "dino.head_n_prototypes, 4")]
    [InlineData("train: {batch_size_per_gpu: 6, virtual_shards: 4}", "train.virtual_shards", "4", "train.batch_size_per_gpu 6")]
    [InlineData("optim: {warmup_epochs: 101}", "optim.warmup_epochs", "101", "optim.epochs, 100")]
    [InlineData("optim: {scaling_rule: none}", "optim.lr", "0.0", "scaling_rule none")]
    [InlineData("optim: {base_lr: 0}", "optim.base_lr", "0.0", "sqrt_wrt_1024")]
    [InlineData("augmentation: {blur_kernel_size: 8}", "augmentation.blur_kernel_size", "8", "odd")]
    [InlineData("evaluation: {knn: {resize_size: 200}}", "evaluation.knn.resize_size", "200", "224")]
    [InlineData("evaluation: {knn: {image_size: 225}}", "evaluation.knn.image_size", "225", "student.patch_size, 16")]
    [InlineData("student: {arch: swin_dynamic, min_s3_depth: 20}", "student.min_s3_depth", "20", "18")]
    [InlineData("student: {arch: resnet_dynamic, min_depths: [4, 4, 6, 3]}", "student.min_depths", "[4, 4, 6, 3]", "[3, 8, 36, 3]")]
    [InlineData("student: {arch: swin_dynamic, depth_interval: 5}", "student.depth_interval", "5", "18")]
    [InlineData("student: {arch: swin_dynamic, min_s3_depth: 18, min_embed_dim: 128}", "student.min_s3_depth", "18", "at least two")]
    [InlineData("student: {arch: swin_dynamic, ibot_scale_factor: 3}", "student.ibot_scale_factor", "3", "1, 2 or 4")]
    [InlineData("student: {arch: swin_dynamic, ibot_scale_factor: 4}", "train.scale_for_num_patch", "4", "8")]
    [InlineData("{student: {arch: swin_dynamic}, crops: {global_crops_size: 240}}", "crops.global_crops_size", "240", "32")]
    [InlineData("{student: {arch: swin_dynamic}, crops: {local_crops_size: 90}}", "crops.local_crops_size", "90", "4")]
    [InlineData("student: {arch: resnet_dynamic, num_gn_groups: 7}", "student.num_gn_groups", "7", "64")]
    [InlineData("student: {arch: resnet_dynamic, width_interval: 3}", "student.width_interval", "3", "96 channels")]
    [InlineData("student: {arch: resnet_dynamic, depth_interval: 3}", "student.depth_interval", "3", "[3, 8, 36, 3]")]
    [InlineData("student: {arch: resnet_dynamic, patch_size: 8}", "student.patch_size", "8", "4")]
    [InlineData("student: {arch: resnet_dynamic, strides: [1, 2, 2, 1]}", "train.scale_for_num_patch", "4", "must be 4")]
    public void Load_RuleBetweenKeysBroken_NamesBoth(string yaml, string key, string value, string rule) => AssertNames(Single(yaml), key, value, rule);

    [Fact]
    public void Load_GlobalCropNotAMultipleOfThePatch_NamesTheCropSize() => Assert.Contains(
        Faults("crops: {global_crops_size: 225}"),
        fault => fault.Key == "crops.global_crops_size" && fault.Message.Contains("student.patch_size, 16", StringComparison.Ordinal));

    [Fact]
    public void Load_NoLocalCrops_TheirSizeDoesNotMatter() =>
        Assert.Equal(0, PoaConfiguration.Load([], ["crops.local_crops_number=0", "crops.local_crops_size=7"]).Crops.LocalCropsNumber);

    [Fact]
    public void Load_KeyOfAnotherFamily_SaysWhose()
    {
        var fault = Single("student: {window_size: 7}");
        AssertNames(fault, "student.window_size", "7", "a key of swin_dynamic");
    }

    [Fact]
    public void Load_ManyFaults_ReportsThemAll()
    {
        var fault = Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load(
            [new("a.yaml", "train: {seeed: 1, batch_size_per_gpu: -4}\noptim: {warmup_epochs: 200}"), new("b.yaml", "student: {head_dim: wide}")],
            ["crops.local_crops_size=50", "nonsense"]));
        Assert.Equal(
            ["", "crops.local_crops_size", "optim.warmup_epochs", "student.head_dim", "train.batch_size_per_gpu", "train.seeed"],
            fault.Faults.Select(item => item.Key).Order(StringComparer.Ordinal));
        Assert.All(fault.Faults, item => Assert.Contains(item.Message, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_FaultyKeyInARule_IsReportedOnce() => Assert.Equal("student.head_dim", Single("student: {head_dim: 0, min_embed_dim: 100}").Key);

    [Theory]
    [InlineData("train: [unclosed")]
    [InlineData("train:\n  seed: 1\n  seed: 2\n")]
    [InlineData("train:\n\tseed: 1")]
    public void Load_InvalidYaml_NamesSourceAndLine(string yaml) =>
        Assert.Matches(@"^my\.yaml:\d+: not valid YAML", Faults(yaml)[0].Message);

    [Theory]
    [InlineData("just text")]
    [InlineData("[1, 2]")]
    public void Load_NotAMapping_SaysWhatIsExpected(string yaml) => Assert.Contains("sections", Single(yaml).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("optim.epochs")]
    [InlineData("=4")]
    [InlineData("optim..epochs=4")]
    public void Load_MalformedOverride_SaysHowToWriteOne(string text) => Assert.Contains(
        "key=value", Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([], [text])).Message, StringComparison.Ordinal);

    private static IReadOnlyList<ConfigurationFault> Faults(string yaml) =>
        Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([new("my.yaml", yaml)])).Faults;

    private static ConfigurationFault Single(string yaml) => Assert.Single(Faults(yaml));

    private static void AssertNames(ConfigurationFault fault, string key, string value, string rule)
    {
        Assert.Equal((key, value), (fault.Key, fault.Value));
        Assert.Contains(key, fault.Message, StringComparison.Ordinal);
        Assert.Contains(value, fault.Message, StringComparison.Ordinal);
        Assert.Contains(rule, fault.Message, StringComparison.Ordinal);
    }
}
