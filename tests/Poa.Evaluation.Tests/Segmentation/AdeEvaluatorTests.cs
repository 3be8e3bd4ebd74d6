using System.Text.Json;
using Poa.Data.Datasets;
using Poa.Data.Segmentation;
using Poa.Elastic;
using Poa.Evaluation.Dense.Optimisation;
using Poa.Evaluation.Dense.Training;
using Poa.Evaluation.Segmentation;
using Poa.Evaluation.Segmentation.Scoring;
using Poa.Evaluation.Tests.Dense;
using Poa.Networks;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Segmentation;

public sealed class AdeEvaluatorTests : IDisposable
{
    private static readonly ColouredScenes Train = new("scenes/training", 12, 1);
    private static readonly ColouredScenes Validation = new("scenes/validation", 5, 2);
    private static readonly SubNetwork SubNetwork = new(16, 3);

    private static readonly AdeEvaluationOptions Linear = AdeEvaluationOptions.Quick(patchSize: 4) with
    {
        Transform = new() { LongSide = 128, ShortSide = 32, CropSize = 24 },
        SlideStride = 16,
        BatchSize = 4,
        Iterations = 60,
        CheckpointEvery = 4,
        WarmupIterations = 5,
    };

    private static readonly AdeEvaluationOptions UperNet = AdeEvaluationOptions.UperNet(384) with
    {
        Transform = Linear.Transform,
        SlideStride = 16,
        BatchSize = 2,
        Iterations = 6,
        LearningRate = 1e-3,
        CheckpointEvery = 2,
        WarmupIterations = 2,
        WarmupRatio = 0.1,
        AuxiliaryChannels = 8,
        PoolScales = [1, 2],
    };

    private readonly string folder = Directory.CreateTempSubdirectory("poa-ade-").FullName;
    private readonly ElasticViT teacher = new(DenseTesting.Tiny, seed: 5);

    public void Dispose()
    {
        teacher.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Evaluate_LinearHead_LearnsTheColours()
    {
        var progress = new List<EvaluationProgress>();
        var tally = new SemanticTally(Validation.Classes);
        var seen = new List<int>();

        var result = new AdeEvaluator(Linear, progress.Add, onFound: (image, found) =>
        {
            seen.Add(image);
            tally.Add(found.Labels, Validation.Load(image).Labels.Labels);
        }).Evaluate(teacher, SubNetwork, Train, Validation, folder, TestContext.Current.CancellationToken);

        // Calling everything background would give an mIoU below 0.25.
        Assert.InRange(result.Scores.MeanIoU!.Value, 0.5, 1);
        Assert.Equal(["red", "green", "blue"], result.ClassNames);
        Assert.Equal("16x3", result.Network);
        // What is handed out to be drawn is what was scored.
        Assert.Equal(Enumerable.Range(0, 5), seen);
        Assert.Equal(result.Scores.IoU, tally.Scores().IoU);
        Assert.Equal(new EvaluationProgress("training", 60, 60, 0, "steps"), progress[59] with { ImagesPerSecond = 0 });
        Assert.Equal(new EvaluationProgress("scoring", 5, 5, 0), progress[^1] with { ImagesPerSecond = 0 });
    }

    [Theory]
    [InlineData(AdeHead.Linear)]
    [InlineData(AdeHead.UperNet)]
    public void Evaluate_KilledAndCalledAgain_GivesTheSameFiguresAndWeights(AdeHead head)
    {
        var options = head == AdeHead.Linear ? Linear with { Iterations = 10 } : UperNet;
        var undisturbed = Evaluate(options, "undisturbed");
        foreach (var deathAt in (long[])[3, 5])
        {
            Assert.Throws<ProcessDied>(() => Evaluate(options, "killed", progress => _ = progress.Done == deathAt ? throw new ProcessDied() : 0));
        }

        var resumed = Evaluate(options, "killed");

        Assert.Equal(JsonSerializer.Serialize(undisturbed), JsonSerializer.Serialize(resumed));
        var last = options.Iterations.ToString("D10", System.Globalization.CultureInfo.InvariantCulture);
        foreach (var file in (string[])["weights.safetensors", "optimiser.safetensors", "buffers.safetensors"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "undisturbed", last, file)), File.ReadAllBytes(Path.Combine(folder, "killed", last, file)));
        }
    }

    [Fact]
    public void Evaluate_Linear_LeavesTheTeacherAloneAndTrainsTheClassifierOnly()
    {
        var before = StateDictionary.Of(teacher).ToDictionary(s => s.Key, s => s.Value.bytes.ToArray());

        Evaluate(Linear with { Iterations = 2 }, "a");

        Assert.Equal(before, StateDictionary.Of(teacher).ToDictionary(s => s.Key, s => s.Value.bytes.ToArray()));
        using var file = SafetensorsFile.Open(Path.Combine(folder, "a", "0000000002", "weights.safetensors"));
        Assert.Equal(["decode_head.conv_seg.bias", "decode_head.conv_seg.weight"], file.Entries.Select(e => e.Name).Order());
    }

    [Fact]
    public void Evaluate_OtherTeacherSameFolder_RefusesToContinue()
    {
        Evaluate(Linear with { Iterations = 2 }, "a");
        using var other = new ElasticViT(DenseTesting.Tiny, seed: 6);

        Assert.Throws<FineTuningException>(() => new AdeEvaluator(Linear with { Iterations = 2 })
            .Evaluate(other, SubNetwork, Train, Validation, Path.Combine(folder, "a"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Evaluate_ManySteps_HoldsNoMoreTensorsThanAfterTheFirst()
    {
        var live = new List<long>();
        Evaluate(UperNet with { Iterations = 24, CheckpointEvery = 100 }, "a", _ => live.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount));

        Assert.Equal(live[2], live[^1]);
    }

    [Fact]
    public void Evaluate_CropNoMultipleOfThePatch_SaysSo()
    {
        var error = Assert.Throws<ArgumentException>(() => Evaluate(Linear with { Transform = Linear.Transform with { CropSize = 22 } }, "a"));

        Assert.Contains("22", error.Message, StringComparison.Ordinal);
        Assert.Contains("patch size 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_ClassesDiffer_NamesBothSets()
    {
        var error = Assert.Throws<DatasetException>(() => new AdeEvaluator(Linear)
            .Evaluate(teacher, SubNetwork, new OtherClasses(), Validation, folder, TestContext.Current.CancellationToken));

        Assert.Contains("other has 4 classes", error.Message, StringComparison.Ordinal);
        Assert.Contains("scenes/validation has 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_UperNetWithOneImagePerBatch_SaysWhyNot() =>
        Assert.Contains("at least 2", Assert.Throws<ArgumentException>(() => new AdeEvaluator(UperNet with { BatchSize = 1 })).Message, StringComparison.Ordinal);

    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Groups_UperNet_HasTheReferencesParameters()
    {
        using var scope = NewDisposeScope();
        foreach (var run in GoldenDownstream.Json("schedules/layer_decay.json").GetProperty("runs").EnumerateArray().Where(r => r.GetProperty("model").GetString() == "seg"))
        {
            var depth = run.GetProperty("depth").GetInt32();
            var architecture = DenseTesting.Tiny with { MaxDepth = depth };
            var (configuration, weights) = DenseTesting.Plain(architecture, new SubNetwork(8, depth));
            using var network = new AdeSetup(UperNet with { PoolScales = [1, 2, 3, 6] }, configuration, weights, "test", CPU).Network(classes: 3);

            var groups = new LayerDecay { LearningRate = 1, Rate = run.GetProperty("layer_decay_rate").GetDouble() }.Groups(network, network.backbone);

            Assert.Equal(
                run.GetProperty("params").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal),
                groups.SelectMany(g => g.Parameters).Select(p => p.Key).Order(StringComparer.Ordinal));
            Assert.Equal(
                run.GetProperty("groups").EnumerateObject().ToDictionary(g => g.Name, g => g.Value.GetProperty("n_params").GetInt32()),
                groups.ToDictionary(g => g.Name, g => g.Parameters.Count));
        }
    }

    [Theory]
    [InlineData("small", 384)]
    [InlineData("base", 768)]
    public void Presets_Widths_AreTheProtocols(string size, int width)
    {
        var protocol = GoldenDownstream.Json("protocol.json").GetProperty("ade20k");
        var uper = protocol.GetProperty("upernet").GetProperty("optimizer").GetProperty(size);
        var (upernet, linear) = (AdeEvaluationOptions.UperNet(width), AdeEvaluationOptions.Linear(width));

        Assert.Equal(uper.GetProperty("lr").GetDouble(), upernet.LearningRate);
        Assert.Equal(uper.GetProperty("layer_decay_rate").GetDouble(), upernet.LayerDecayRate);
        Assert.Equal(uper.GetProperty("min_lr").GetDouble(), upernet.MinimumLearningRate);
        Assert.Equal(uper.GetProperty("drop_path").GetDouble(), upernet.DropPathRate);
        Assert.Equal(protocol.GetProperty("linear").GetProperty("lr").GetProperty($"{size}_512").GetDouble(), linear.LearningRate);
        Assert.Null(linear.LayerDecayRate);
        var schedule = protocol.GetProperty("schedule");
        Assert.Equal(schedule.GetProperty("max_iters").GetInt64(), linear.Iterations);
        Assert.Equal(schedule.GetProperty("warmup_iters").GetInt64(), linear.WarmupIterations);
        Assert.Equal(schedule.GetProperty("warmup_ratio").GetDouble(), linear.WarmupRatio);
        Assert.Equal(protocol.GetProperty("slide_test").GetProperty("stride")[0].GetInt32(), linear.SlideStride);
        Assert.Equal(protocol.GetProperty("batch").GetProperty("total").GetInt32(), linear.BatchSize);
    }

    private AdeResult Evaluate(AdeEvaluationOptions options, string name, Action<FineTuningProgress>? progressed = null) =>
        new AdeEvaluator(options, training: new FineTuningCallbacks { Progressed = progressed })
            .Evaluate(teacher, SubNetwork, Train, Validation, Path.Combine(folder, name), TestContext.Current.CancellationToken);

    private sealed class ProcessDied : Exception;

    private sealed class OtherClasses : ISegmentationDataset
    {
        public int Count => 1;

        public int Classes => 4;

        public IReadOnlyList<string>? ClassNames => null;

        public string Name => "other";

        public string Fingerprint => "other";

        public SegmentationSample Load(int index) => throw new NotSupportedException();
    }
}
