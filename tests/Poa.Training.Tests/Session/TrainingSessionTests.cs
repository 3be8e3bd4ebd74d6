using System.Text.Json.Nodes;
using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Session;
using Xunit;

namespace Poa.Training.Tests.Session;

public sealed class TrainingSessionTests : IDisposable
{
    private readonly string folder = TinyRun.TemporaryFolder();
    private readonly NoiseImages images = new(40);

    [Theory]
    [InlineData("sinkhorn_knopp", 0)]
    [InlineData("centering", 0)]
    [InlineData("centering", 2)] // masked patches join after the interruption: their centres start later
    public void Restore_AfterInterruption_GoesOnWithTheSameBits(string centering, int ibotActivateEpochs)
    {
        string[] overrides = [$"train.centering={centering}", $"optim.ibot_activate_epochs={ibotActivateEpochs}"];
        AssertGoesOn(TinyRun.Configuration(overrides));
    }

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    public void Restore_OtherFamilyAfterInterruption_GoesOnWithTheSameBits(string family) => AssertGoesOn(TinyRun.OfFamily(family));

    [Theory]
    [InlineData("dino", "dino_global_crops_loss_0 dino_local_crops_loss_0")]
    [InlineData("ibot", "dino_global_crops_loss_0 dino_local_crops_loss_0 ibot_loss_0")]
    [InlineData("dinov2", "dino_global_crops_loss_0 dino_local_crops_loss_0 ibot_loss_0 koleo_loss")]
    public void Restore_RecipeAfterInterruption_GoesOnWithTheSameBits(string recipe, string terms)
    {
        string[] overrides = ["crops.local_crops_number=2", "ibot.head_n_prototypes=[20, 12]", "ibot.head_hidden_dim=32", "ibot.head_bottleneck_dim=8"];
        var steps = AssertGoesOn(TinyRun.OfRecipe(recipe, overrides));

        Assert.All(steps, step => Assert.Equal(terms, string.Join(' ', step.Terms.Keys.Order(StringComparer.Ordinal))));
        Assert.All(steps, step => Assert.Equal("32x3", step.SubNetwork));
        Assert.All(steps, step => Assert.Equal(recipe == "dinov2", step.GradientNorms.ContainsKey("ibot_head")));
        Assert.All(steps, step => Assert.True(step.Applied && step.PhaseSeconds[Training.Step.StepPhase.ElasticForward] == 0));
    }

    [Theory]
    [InlineData("student.intact=false", "train.centering=centering")]
    [InlineData("student.intact=false", "teacher.elastic=true", "train.centering=centering")]
    [InlineData("teacher.elastic=true", "train.centering=centering")]
    [InlineData("student.mode=random", "student.alpha_scaling=false")]
    public void Restore_VariantOfThePaperAfterInterruption_GoesOnWithTheSameBits(params string[] overrides) => AssertGoesOn(TinyRun.Configuration(overrides));

    [Theory]
    [InlineData("swin")]
    [InlineData("resnet")]
    public void Run_OtherFamily_TrainsEveryParameterThatALossReaches(string family)
    {
        var configuration = TinyRun.OfFamily(family);
        var observer = new RecordingObserver();
        using var session = TrainingSession.Create(configuration, images);
        var before = StateDictionary.Of(session.Model.Student.Backbone).ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone());

        session.Run(observer, folder, TestContext.Current.CancellationToken);

        Assert.All(observer.Steps, step => Assert.True(step.Applied && float.IsFinite(step.Loss) && step.Terms.ContainsKey("ibot_loss_1") && step.Terms.ContainsKey("distill_local_crops_loss_0")));
        var grid = configuration.Grid();
        Assert.All(observer.Steps, step => Assert.True(grid.Contains(SubNetwork.Parse(step.SubNetwork)) && SubNetwork.Parse(step.SubNetwork) != grid.Intact));
        // The norms of the first three stages' outputs serve dense tasks only.
        var unchanged = StateDictionary.Of(session.Model.Student.Backbone).Where(entry => entry.Value.equal(before[entry.Key]).all().item<bool>()).Select(entry => entry.Key);
        Assert.Equal(family == "swin" ? ["norm0.norm.bias", "norm0.norm.weight", "norm1.norm.bias", "norm1.norm.weight", "norm2.norm.bias", "norm2.norm.weight"] : [], unchanged.Order(StringComparer.Ordinal));
    }

    private List<StepRecord> AssertGoesOn(PoaConfiguration configuration)
    {
        var unbroken = new RecordingObserver();
        using (var session = TrainingSession.Create(configuration, images))
        {
            Assert.Equal(SessionOutcome.Completed, session.Run(unbroken, Path.Combine(folder, "unbroken"), TestContext.Current.CancellationToken));
        }

        using var stop = new CancellationTokenSource();
        var first = new RecordingObserver(stop, stopAfterSteps: 5);
        using (var session = TrainingSession.Create(configuration, images))
        {
            Assert.Equal(SessionOutcome.Stopped, session.Run(first, Path.Combine(folder, "first"), stop.Token));
        }

        var second = new RecordingObserver();
        using (var session = TrainingSession.Restore(first.Checkpoints[^1].Folder, configuration, images))
        {
            Assert.Equal(5, session.Iteration);
            session.Run(second, Path.Combine(folder, "second"), TestContext.Current.CancellationToken);
        }

        Assert.Equal(12, unbroken.Steps.Count);
        Assert.Equal(unbroken.Steps.Select(Measured), first.Steps.Concat(second.Steps).Select(Measured));
        foreach (var file in new[] { "student.safetensors", "teacher.safetensors", "optimiser.safetensors", "centres.safetensors", SessionState.FileName })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(unbroken.Checkpoints[^1].Folder, file)), File.ReadAllBytes(Path.Combine(second.Checkpoints[^1].Folder, file)));
        }

        return unbroken.Steps;
    }

    [Fact]
    public void Run_WholeRun_WritesCheckpointsAtStartPeriodAndEnd()
    {
        var observer = new RecordingObserver();
        using var session = TrainingSession.Create(TinyRun.Configuration("checkpoint.period_iterations=5"), images);
        session.Run(observer, folder, TestContext.Current.CancellationToken);
        Assert.Equal([0, 5, 10, 12], observer.Checkpoints.Select(c => c.Iteration));
        Assert.Equal(["0000000000", "0000000005", "0000000010", "0000000012"], Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (long)i), observer.Steps.Select(s => s.Iteration));
        Assert.All(observer.Steps, s => Assert.True(s.Applied && float.IsFinite(s.Loss) && s.Seconds > s.DataSeconds && s.TargetEntropy is > 0 and < 1));
        Assert.Equal(0, session.Health.SkippedInARow);
    }

    [Fact]
    public void Run_WeightsNotFinite_CountsTheStepsThatAreSkipped()
    {
        var observer = new RecordingObserver();
        using var session = TrainingSession.Create(TinyRun.Configuration(), images);
        using (TorchSharp.torch.no_grad())
        {
            session.Model.FlatWeights.First().fill_(float.NaN);
        }

        session.Run(observer, folder, TestContext.Current.CancellationToken);
        Assert.Equal(12, session.Health.SkippedInARow);
        Assert.Equal(12, observer.Events.Count(e => e.Kind == SessionEventKind.StepNotApplied));
        Assert.All(observer.Steps, step => Assert.False(step.Applied));
    }

    [Fact]
    public void Run_UnreadableImage_IsReportedOnce()
    {
        var observer = new RecordingObserver();
        using var session = TrainingSession.Create(TinyRun.Configuration(), new NoiseImages(40) { Damaged = 3 });
        session.Run(observer, folder, TestContext.Current.CancellationToken);
        Assert.Contains("noise #3", Assert.Single(observer.Events, e => e.Kind == SessionEventKind.UnreadableImage).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_OtherConfiguration_NamesEveryDifference()
    {
        Save(TinyRun.Configuration());
        var error = Assert.Throws<CheckpointException>(() => TrainingSession.Restore(folder, TinyRun.Configuration("optim.clip_grad=2", "train.seed=8", "train.threads=2"), images));
        Assert.Equal(3, error.Faults.Count);
        Assert.Contains("optim.clip_grad = 1.5, the configuration has 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("train.seed = 7, the configuration has 8", error.Message, StringComparison.Ordinal);
        Assert.Contains("train.threads = 1, the configuration has 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_OtherImages_NamesBoth()
    {
        Save(TinyRun.Configuration());
        var error = Assert.Throws<CheckpointException>(() => TrainingSession.Restore(folder, TinyRun.Configuration(), new NoiseImages(41)));
        Assert.Contains("noise-40-20", error.Message, StringComparison.Ordinal);
        Assert.Contains("noise-41-20", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_KeysWithoutInfluence_MayDiffer()
    {
        Save(TinyRun.Configuration());
        using var session = TrainingSession.Restore(folder, TinyRun.Configuration("checkpoint.period_iterations=9", "train.num_workers=0", "train.threads=0"), images);
        Assert.Equal(1, session.Configuration.Train.Threads);
    }

    [Fact]
    public void Restore_CheckpointOfAVersionWithoutAKey_TakesItsDefault()
    {
        Save(TinyRun.Configuration());
        var file = Path.Combine(folder, SessionState.FileName);
        var state = JsonNode.Parse(File.ReadAllText(file))!;
        Assert.True(state["configuration"]!.AsObject().Remove("train.virtual_shards"));
        File.WriteAllText(file, state.ToJsonString());

        TrainingSession.Restore(folder, TinyRun.Configuration(), images).Dispose();
        var error = Assert.Throws<CheckpointException>(() => TrainingSession.Restore(folder, TinyRun.Configuration("train.virtual_shards=2"), images));
        Assert.Contains("train.virtual_shards = 1, the configuration has 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_TruncatedAndMissingFiles_NamesThem()
    {
        Save(TinyRun.Configuration());
        File.Delete(Path.Combine(folder, "centres.safetensors"));
        using (var teacher = File.OpenWrite(Path.Combine(folder, "teacher.safetensors")))
        {
            teacher.SetLength(teacher.Length - 4);
        }

        var error = Assert.Throws<CheckpointException>(() => TrainingSession.Restore(folder, TinyRun.Configuration(), images));
        Assert.Contains("centres.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("teacher.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_TensorOfAnotherShape_NamesIt()
    {
        Save(TinyRun.Configuration());
        var path = Path.Combine(folder, "student.safetensors");
        var tensors = Safetensors.Load(path);
        tensors["backbone.norm.norm.bias"] = TorchSharp.torch.zeros(3);
        Safetensors.Save(path, tensors);
        var error = Assert.Throws<CheckpointException>(() => TrainingSession.Restore(folder, TinyRun.Configuration(), images));
        Assert.Contains("backbone.norm.norm.bias", Assert.Single(error.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_NoFolder_SaysSo() =>
        Assert.Contains("session.json cannot be read", Assert.Throws<CheckpointException>(() => TrainingSession.Restore(Path.Combine(folder, "none"), TinyRun.Configuration(), images)).Message, StringComparison.Ordinal);

    [Fact]
    public void StepRecord_ThroughJson_KeepsEveryBit()
    {
        var record = new StepRecord(
            3, "16x2", BitConverter.Int32BitsToSingle(0x3e99999b), new Dictionary<string, float> { ["koleo_loss"] = 0.1f }, new Dictionary<string, double> { ["backbone"] = Math.PI },
            true, 1e-3 / 3, 0, 0.04, 0.07, 0.992, 6, 0.25, 0.01);
        var read = StepRecord.FromJson(record.ToJson());
        Assert.Equal(Measured(record), Measured(read));
        Assert.True(float.IsNaN(StepRecord.FromJson((record with { Loss = float.NaN }).ToJson()).Loss));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Save(PoaConfiguration configuration)
    {
        using var session = TrainingSession.Create(configuration, images);
        session.Save(folder);
    }

    // Everything but the times.
    private static string Measured(StepRecord record) => (record with { Seconds = 0, DataSeconds = 0 }).ToJson();
}
