using System.Text.Json;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Evaluation.Detection;
using Poa.Evaluation.Detection.Coco;
using Poa.Networks;

namespace Poa.Evaluation.Tests.Detection;

/// <summary>The benchmark from sets to figures, and again after it was broken off.</summary>
public sealed class CocoBenchmarkEvaluatorTests : IDisposable
{
    private readonly SceneSet trainScenes = new(3, 64, 64);
    private readonly SceneSet testScenes = new(2, 72, 56, seed: 2);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("poa-coco-run-");
    private readonly ElasticViT teacher = TinyDetection.Teacher();
    private readonly CocoBenchmarkOptions options = TinyDetection.Options;

    [Fact]
    public void Evaluate_BrokenOffAndResumed_GivesTheSameResultToTheBit()
    {
        var phases = new List<EvaluationProgress>();
        var whole = Evaluate(options, "whole", phases.Add, TestContext.Current.CancellationToken);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Evaluate(options, "broken", progress => StopAt(progress, 3, stop), stop.Token));
        var steps = new List<long>();
        var resumed = Evaluate(options, "broken", progress => steps.AddRange(progress.Unit == "steps" ? [progress.Done] : []), TestContext.Current.CancellationToken);

        Assert.Equal(JsonSerializer.Serialize(whole), JsonSerializer.Serialize(resumed));
        Assert.Equal([4, 5, 6], steps);
        Assert.Equal(["training on 32x4", "detection by 32x4", "scoring of 32x4"], phases.Select(p => p.Phase).Distinct());
        Assert.Equal(Weights("whole"), Weights("broken"));
    }

    [Fact]
    public void Evaluate_Result_HasFiguresPerCategoryAndAProtocolThatSurvivesJson()
    {
        var result = Evaluate(options with { CheckpointSha256 = "abc" }, "run", null, TestContext.Current.CancellationToken);

        Assert.Equal("32x4", result.Network);
        Assert.Equal(["rectangle", "triangle"], result.Boxes.Categories.Select(category => category.Name));
        Assert.Equal([5, 11], result.Masks!.Categories.Select(category => category.Id));
        Assert.InRange(result.Boxes.PrecisionPercent!.Value, 0, 100);
        Assert.Equal(12, result.Masks.Figures.InOrder.Count);
        Assert.Equal((6, 2, 3, 2), (result.Protocol.Iterations, result.Protocol.IterationsPerEpoch, result.Protocol.Train.Used, result.Protocol.Test.Used));
        Assert.Equal([100, 300, 1000], result.Protocol.Options.MaxDetections);
        var text = JsonSerializer.Serialize(result);
        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize<CocoBenchmarkResult>(text)));
    }

    [Fact]
    public void Evaluate_DetectionsFile_ScoresTheSame()
    {
        var told = new List<(int Image, CocoDetection Found)>();
        var result = Evaluate(
            options with { Detector = options.Detector with { ScoreThreshold = 0.01 } },
            "run",
            null,
            TestContext.Current.CancellationToken,
            (image, found) => told.AddRange(found.Select(one => (image, one))));

        var detections = CocoDetections.Read(Path.Combine(folder.FullName, "run", CocoBenchmarkEvaluator.DetectionsFile), testScenes.Open().Annotations);
        var boxes = new CocoEvaluator(new() { MaxDetections = [100, 300, 1000] }).Evaluate(detections, TestContext.Current.CancellationToken);
        var masks = new CocoEvaluator(new() { MaxDetections = [100, 300, 1000], Kind = CocoOverlapKind.Masks }).Evaluate(detections.WithoutBoxes(), TestContext.Current.CancellationToken);

        Assert.NotEmpty(detections.All);
        Assert.Equal(detections.All.Select(one => (one.ImageId, one.CategoryId, one.Score)), told.Select(one => (one.Found.ImageId, one.Found.CategoryId, one.Found.Score)));
        Assert.All(told, one => Assert.Equal(10 * (one.Image + 1), one.Found.ImageId));
        Assert.Equal(result.Boxes.Figures, boxes.Figures);
        Assert.Equal(result.Masks!.Figures, masks.Figures);
    }

    [Fact]
    public void Evaluate_CrowdWithoutMaskInTheTestSet_IsNamedBeforeTraining()
    {
        var text = File.ReadAllText(testScenes.Instances);
        File.WriteAllText(testScenes.Instances, text[..^2] + """, {"id": 99, "image_id": 10, "category_id": 5, "iscrowd": 1, "area": 9, "bbox": [0, 0, 3, 3]}]}""");

        var message = Assert.Throws<DatasetException>(() => Evaluate(options, "run", null, TestContext.Current.CancellationToken)).Message;

        Assert.Contains($"{testScenes.Instances}: annotation 99, field 'segmentation': it is missing", message);
        Assert.False(Directory.Exists(Path.Combine(folder.FullName, "run")));
    }

    [Fact]
    public void Evaluate_OtherOptionsInTheSameFolder_IsRefused()
    {
        Evaluate(options, "run", null, TestContext.Current.CancellationToken);
        var other = options with { Training = options.Training with { LearningRate = 3e-3 } };

        Assert.Contains("another checkpoint folder", Assert.ThrowsAny<Exception>(() => Evaluate(other, "run", null, TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void Evaluate_WithoutMasks_ScoresBoxesOnly()
    {
        var boxesOnly = options with { Detector = options.Detector with { HasMasks = false }, Training = options.Training with { Iterations = 1 } };

        Assert.Null(Evaluate(boxesOnly, "run", null, TestContext.Current.CancellationToken).Masks);
    }

    [Fact]
    public void Evaluate_NothingFound_ScoresZero()
    {
        var blind = options with { Detector = options.Detector with { ScoreThreshold = 0.999 }, Training = options.Training with { Iterations = 1 } };

        var result = Evaluate(blind, "run", null, TestContext.Current.CancellationToken);

        Assert.Equal((0.0, 0.0), (result.Boxes.PrecisionPercent!.Value, result.Masks!.PrecisionPercent!.Value));
    }

    [Fact]
    public void Evaluate_OtherCategories_NamesSetAndCategory()
    {
        File.WriteAllText(testScenes.Instances, File.ReadAllText(testScenes.Instances).Replace("\"rectangle\"", "\"oblong\"", StringComparison.Ordinal));

        var message = Assert.Throws<DatasetException>(() => Evaluate(options, "run", null, TestContext.Current.CancellationToken)).Message;

        Assert.Contains($"{trainScenes.Instances}: there is no category 5 'oblong', which {testScenes.Instances} has", message);
    }

    [Fact]
    public void Evaluate_PaddingThatPatchesDoNotFit_SaysSo()
    {
        var odd = options with { Images = options.Images with { PadDivisor = 20 } };

        Assert.Contains("multiple of 20 pixels", Assert.Throws<ArgumentException>(() => Evaluate(odd, "run", null, TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void Paper_Widths_TakeTheSettingsOfTheNearer()
    {
        Assert.Equal((3e-4, 0.7, 0.1), SettingsOf(384));
        Assert.Equal((3e-4, 0.7, 0.1), SettingsOf(512));
        Assert.Equal((1e-4, 0.65, 0.2), SettingsOf(576));
        Assert.Equal((1e-4, 0.65, 0.2), SettingsOf(1024));

        static (double, double, double) SettingsOf(int width)
        {
            var training = CocoBenchmarkOptions.Paper(new SubNetwork(width, 12)).Training;
            return (training.LearningRate, training.LayerDecayRate, training.DropPathRate);
        }
    }

    public void Dispose()
    {
        teacher.Dispose();
        trainScenes.Dispose();
        testScenes.Dispose();
        folder.Delete(recursive: true);
    }

    private static void StopAt(EvaluationProgress progress, long step, CancellationTokenSource stop)
    {
        if (progress.Unit == "steps" && progress.Done == step)
        {
            stop.Cancel();
        }
    }

    private CocoBenchmarkResult Evaluate(
        CocoBenchmarkOptions asked,
        string run,
        Action<EvaluationProgress>? progress,
        CancellationToken cancellationToken,
        Action<int, IReadOnlyList<CocoDetection>>? onDetected = null) =>
        new CocoBenchmarkEvaluator(asked, progress, onDetected: onDetected).Evaluate(
            teacher, TinyDetection.SubNetwork, trainScenes.Open(), testScenes.Open(), Path.Combine(folder.FullName, run), cancellationToken);

    private byte[] Weights(string run) => File.ReadAllBytes(Path.Combine(folder.FullName, run, "0000000006", "weights.safetensors"));
}
