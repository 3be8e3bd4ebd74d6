namespace Poa.Elastic.Tests;

/// <summary>The recipes <c>ent</c> and <c>seed</c>, and the rules of their keys.</summary>
public sealed class TeacherRecipeTests
{
    private static readonly string[] Teacher = ["seed.teacher_run=other"];

    [Theory]
    [InlineData("seed.teacher_run=''", "seed.teacher_run", "must name the run")]
    [InlineData("dino.loss_weight=1", "dino.loss_weight", "must be 0 while seed.loss_weight is positive")]
    [InlineData("ibot.loss_weight=1", "ibot.loss_weight", "must be 0 while seed.loss_weight is positive")]
    [InlineData("ibot.mask_sample_probability=0.5", "ibot.mask_sample_probability", "what the frozen teacher sees")]
    [InlineData("student.elastic=true", "student.elastic", "one network is distilled")]
    [InlineData("crops.local_crops_number=2", "crops.local_crops_number", "only global crops")]
    [InlineData("seed.queue_length=63", "seed.queue_length", "two for each of train.batch_size_per_gpu, 32")]
    [InlineData("guard.collapsed_steps=300", "guard.collapsed_steps", "does not collapse")]
    [InlineData("seed.teacher_step=-2", "seed.teacher_step", ">= -1")]
    [InlineData("seed.teacher_temp=0", "seed.teacher_temp", "(0, 10]")]
    public void Load_SeedBesideWhatItExcludes_IsRefused(string text, string key, string rule)
    {
        var faults = Assert.Throws<ConfigurationException>(() => ConfigurationPresets.Load("demo", [.. Teacher, text], "seed")).Faults;

        Assert.Contains(rule, faults.First(fault => fault.Key == key).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SeedWithoutATeacher_SaysSo() =>
        Assert.Equal("seed.teacher_run", Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationPresets.Load("demo", recipe: "seed")).Faults).Key);

    [Theory]
    [InlineData("demo")]
    [InlineData("demo-swin")]
    [InlineData("demo-resnet")]
    public void Load_SeedOverADemo_DistilsItsIntactNetwork(string preset)
    {
        var (demo, seed) = (ConfigurationPresets.Load(preset).Grid(), ConfigurationPresets.Load(preset, Teacher, "seed"));

        Assert.Equal(demo.FeatureWidth(demo.Intact), seed.Seed.EmbeddingDim);
        Assert.True(seed.DistilsFrozenTeacher);
        Assert.Empty(seed.ClassPrototypes);
        Assert.Single(seed.Grid().SubNetworks);
        Assert.Equal(seed, PoaConfiguration.Load([new("seed.yaml", seed.ToYaml())]));
    }

    [Fact]
    public void RunCost_OfSeed_CountsItsHead()
    {
        string[] keys = [.. Teacher, "seed.embedding_dim=10", "seed.head_hidden_dim=7"];
        var configuration = ConfigurationPresets.Load("demo", keys, "seed");
        var cost = RunCost.Of(configuration, 0);

        Assert.Equal(((96 + 1) * 7) + ((7 + 1) * 10) + 96, cost.TrainedParameters - cost.IntactParameters); // and the mask token
    }

    [Fact]
    public void ToYaml_WithoutSeed_HasNoSuchSection() => Assert.DoesNotContain("seed:\n", new PoaConfiguration().ToYaml(), StringComparison.Ordinal);

    [Fact]
    public void Load_HeadWeightsWithoutTheLossTheyWeight_IsRefused()
    {
        var fault = Assert.Single(Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([], ["dino.loss_weight=0", "dino.head_weights=entropy"])).Faults);

        Assert.Equal(("dino.head_weights", "entropy"), (fault.Key, fault.Value));
    }

    [Fact]
    public void Load_Ent_IsThePapersEnsemble()
    {
        var ent = ConfigurationPresets.Load("vit-ee1200", recipe: "ent");

        Assert.Equal(Enumerable.Repeat(1024, 16), ent.ClassPrototypes);
        Assert.Equal((HeadWeighting.Entropy, 0.05, 0.5, 30), (ent.Dino.HeadWeights, ent.Dino.EntropyTemperature, ent.Dino.WarmupEntropyTemperature, ent.Dino.WarmupEntropyTemperatureEpochs));
        Assert.Equal((TeacherCentering.SinkhornKnopp, 0.0, false), (ent.Train.Centering, ent.Ibot.LossWeight, ent.Student.Elastic));
    }

    [Fact]
    public void EntropyTemperature_OverItsWarmUp_FallsLinearlyAndStays()
    {
        var schedules = new TrainingSchedules(PoaConfiguration.Load([], ["dino.head_weights=entropy", "dino.warmup_entropy_temp_epochs=2", "train.OFFICIAL_EPOCH_LENGTH=10", "optim.iter_num_scale=1.0"]));

        Assert.Equal(0.5, schedules.EntropyTemperature(0));
        var steps = Enumerable.Range(0, 19).Select(i => schedules.EntropyTemperature(i + 1)!.Value - schedules.EntropyTemperature(i)!.Value).ToArray();
        Assert.All(steps, step => Assert.Equal(steps[0], step, 1e-12));
        Assert.True(steps[0] < 0);
        Assert.Equal(0.05, schedules.EntropyTemperature(20)!.Value, 1e-12);
        Assert.Equal(0.05, schedules.EntropyTemperature(100_000)!.Value, 1e-12);
        Assert.Null(new TrainingSchedules(new PoaConfiguration()).EntropyTemperature(0));
    }
}
