using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Data.Scenes;
using Poa.Elastic;
using Poa.Networks;
using Poa.Storage;
using Poa.Worker.Execution;
using Poa.Worker.Work;
using TorchSharp;
using Xunit;

namespace Poa.Worker.Tests.Work;

/// <summary>A worker with runs of the elastic Swin and ResNet: training, resuming, every evaluation, extraction.</summary>
public sealed class StageFamilyTests
{
    private static readonly EvaluationData Images = new("demo?split=test", "demo?split=test");

    public static TheoryData<string> Families => ["swin", "resnet"];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Train_StoppedAndStartedAgain_EqualsTheUndisturbedRunBitForBit(string family)
    {
        using var undisturbed = new WorkBench(yaml: TinyRun.OfFamily(family).ToYaml());
        await undisturbed.TrainAsync();
        using var disturbed = new WorkBench(yaml: TinyRun.OfFamily(family).ToYaml());

        await disturbed.TrainUntilAsync(3, StopReason.Shutdown);
        await disturbed.TrainAsync();

        Assert.Equal(TinyRun.Steps, (await undisturbed.SeriesAsync()).Count);
        Assert.Equal(await undisturbed.SeriesAsync(), await disturbed.SeriesAsync());
        Assert.Equal(await undisturbed.HashAsync(TinyRun.Steps), await disturbed.HashAsync(TinyRun.Steps));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Evaluate_OneCellByKnnAndLinear_ReportsItWithItsCost(string family)
    {
        var configuration = TinyRun.OfFamily(family);
        using var bench = new WorkBench(yaml: configuration.ToYaml());
        await bench.TrainAsync();
        var grid = configuration.Grid();

        await EvaluateAsync(bench, configuration, Benchmarks.Knn, Images, grid.Smallest, []);
        await EvaluateAsync(bench, configuration, Benchmarks.Linear, Images, grid.Smallest, new() { ["preset"] = "quick", ["epochs"] = "1", ["learning_rates"] = "0.1", ["blocks"] = "1,4" });

        var results = bench.Reporter.Of<EvaluationResult>().ToArray();
        Assert.Equal([Benchmarks.Knn, Benchmarks.Linear], results.Select(result => result.Benchmark));
        Assert.All(results, result =>
        {
            Assert.Equal((grid.Smallest.ToString(), grid.CostOf(grid.Smallest, 32).Parameters), (result.SubNetwork, result.Parameters));
            Assert.InRange(result.HeadlineValue, 10, 100); // better than guessing one of ten classes
        });
        Assert.Contains("blocks=4", results[1].Details["settings"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Evaluate_DenseTasks_TakeTheStagesMaps(string family)
    {
        var configuration = TinyRun.OfFamily(family);
        using var bench = new WorkBench(yaml: configuration.ToYaml());
        await bench.TrainAsync();
        var folder = Directory.CreateTempSubdirectory("poa-stages-").FullName;
        try
        {
            var scenes = SceneSet.Make(new SceneRecipe { TrainScenes = 4, ValScenes = 2, Width = 64, Height = 64, MaxSide = 28 }, Path.Combine(folder, "scenes"), cancellationToken: TestContext.Current.CancellationToken);
            Dictionary<string, string> few = new() { ["preset"] = "quick", ["iterations"] = "2", ["batch_size"] = "2", ["warmup_iterations"] = "0", ["pictures"] = "0" };
            EvaluationData coco = new($"coco:{scenes.CocoFolder}?split=train", $"coco:{scenes.CocoFolder}?split=val");
            EvaluationData ade = new($"ade20k:{scenes.Ade20kFolder}?split=training", $"ade20k:{scenes.Ade20kFolder}?split=validation");
            var cell = configuration.Grid().Smallest;

            // Frozen and trained backbones, with and without stochastic depth.
            await EvaluateAsync(bench, configuration, Benchmarks.Coco, coco, cell, new(few) { ["image_size"] = "64", ["frozen"] = "false", ["drop_path"] = "0.2" });
            await EvaluateAsync(bench, configuration, Benchmarks.Ade20k, ade, cell, new(few) { ["crop_size"] = "64" });
            await EvaluateAsync(bench, configuration, Benchmarks.Ade20k, ade, cell, new(few) { ["crop_size"] = "64", ["head"] = "upernet", ["head_channels"] = "16" });

            var results = bench.Reporter.Of<EvaluationResult>().ToArray();
            Assert.Equal(["box AP", "mIoU", "mIoU"], results.Select(result => result.Headline));
            Assert.Equal(["frozen", "trained"], results.Skip(1).Select(result => result.Protocol["backbone"]));
            Assert.Equal(family == "swin" ? "2 4 8 16" : "4 8 16 32", results[1].Protocol["strides"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Evaluate_Attention_SaysThatThereIsNoClassTokenBeforeAnythingIsFetched(string family)
    {
        var configuration = TinyRun.OfFamily(family);
        using var bench = new WorkBench(yaml: configuration.ToYaml()); // without a checkpoint

        var error = await Assert.ThrowsAsync<PoaException>(() => EvaluateAsync(bench, configuration, Benchmarks.Attention, Images, configuration.Grid().Smallest, []));

        Assert.Contains("class token", error.Message, StringComparison.Ordinal);
        Assert.Equal("Choose knn, linear, coco or ade20k.", error.Remedy);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Extract_OneCell_GivesTheTeachersFeatures(string family)
    {
        var configuration = TinyRun.OfFamily(family);
        using var bench = new WorkBench(yaml: configuration.ToYaml());
        await bench.TrainAsync();
        using var stop = new StopSignal();
        var cell = configuration.Grid().Smallest;

        var completion = await new ExtractionHandler(bench.Blobs, TimeProvider.System).ExecuteAsync(
            bench.Context(new ExtractionWork(TinyRun.Id, TinyRun.Steps, cell.ToString(), configuration.ToYaml()), stop));

        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var files = completion.Model!.Files.ToDictionary(file => Path.GetFileName(file.Name), file => bench.BlobFile(file.Name));
        using var plain = PlainNetwork.Load(files["model.safetensors"]);
        using var teacher = Poa.Evaluation.TeacherBackbone.Load(bench.BlobFile(BlobLayout.Checkpoint(TinyRun.Id, TinyRun.Steps)), configuration);
        var images = torch.linspace(-1, 1, 2 * 3 * 32 * 32).view(2, 3, 32, 32).sin();
        Assert.True((teacher.Forward(images, cell).ClassToken - plain.Forward(images).ClassToken).abs().max().item<float>() <= 1e-5);
        Assert.Equal(configuration.Augmentation.Mean, plain.Configuration.Preprocessing.Mean);
        var card = await File.ReadAllTextAsync(files["README.md"], TestContext.Current.CancellationToken);
        Assert.Contains(cell.ToString(), card, StringComparison.Ordinal);
        Assert.Contains(family == "swin" ? "timm's SwinTransformer" : "timm's ResNet", card, StringComparison.Ordinal);
        Assert.Contains(family, await File.ReadAllTextAsync(files["config.json"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task EvaluateAsync(
        WorkBench bench, PoaConfiguration configuration, string benchmark, EvaluationData data, SubNetwork cell, Dictionary<string, string> options)
    {
        using var stop = new StopSignal();
        var work = new EvaluationWork(TinyRun.Id, TinyRun.Steps, benchmark, data, options.ToImmutableDictionary(), [cell.ToString()], configuration.ToYaml());
        await bench.Evaluator.ExecuteAsync(bench.Context(work, stop));
    }
}
