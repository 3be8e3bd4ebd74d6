using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Networks;
using Poa.Storage;
using Poa.Worker.Execution;
using Poa.Worker.Work;
using TorchSharp;
using Xunit;

namespace Poa.Worker.Tests.Work;

/// <summary>A worker with runs of other recipes and switches: training, k-NN, extraction.</summary>
public sealed class RecipeTests
{
    private static readonly EvaluationData Images = new("demo?split=test", "demo?split=test");

    public static TheoryData<string, string?, string[]> Runs => new()
    {
        { "vit", "dino", ["crops.local_crops_number=2"] },
        { "vit", "dinov2", [] },
        { "swin", "ibot", [] },
        { "resnet", "dinov2", [] },
        { "vit", null, ["student.alpha_scaling=false"] },
        { "swin", null, ["student.alpha_scaling=false", "teacher.elastic=true", "student.intact=false"] },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Train_EvaluateAndExtract_TheSmallestCellOfTheGrid(string family, string? recipe, string[] overrides)
    {
        var configuration = TinyRun.OfRecipe(family, recipe, overrides);
        var grid = configuration.Grid();
        var cell = grid.Smallest;
        Assert.Equal(recipe is not null, cell == grid.Intact);
        using var bench = new WorkBench(yaml: configuration.ToYaml());
        await bench.TrainAsync();
        using var stop = new StopSignal();

        await bench.Evaluator.ExecuteAsync(bench.Context(
            new EvaluationWork(TinyRun.Id, TinyRun.Steps, Benchmarks.Knn, Images, ImmutableDictionary<string, string>.Empty, [cell.ToString()], configuration.ToYaml()), stop));
        var completion = await new ExtractionHandler(bench.Blobs, TimeProvider.System).ExecuteAsync(
            bench.Context(new ExtractionWork(TinyRun.Id, TinyRun.Steps, cell.ToString(), configuration.ToYaml()), stop));

        var result = Assert.Single(bench.Reporter.Of<EvaluationResult>());
        Assert.Equal(cell.ToString(), result.SubNetwork);
        Assert.InRange(result.HeadlineValue, 10, 100); // better than guessing one of ten classes
        if (recipe is not null)
        {
            Assert.All(await bench.SeriesAsync(), step => Assert.Contains($" {grid.Intact} ", step, StringComparison.Ordinal));
        }

        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var files = completion.Model!.Files.ToDictionary(file => Path.GetFileName(file.Name), file => bench.BlobFile(file.Name));
        using var plain = PlainNetwork.Load(files["model.safetensors"]);
        using var teacher = Poa.Evaluation.TeacherBackbone.Load(bench.BlobFile(BlobLayout.Checkpoint(TinyRun.Id, TinyRun.Steps)), configuration);
        var size = configuration.Crops.GlobalCropsSize;
        var images = torch.linspace(-1, 1, 2 * 3 * size * size).view(2, 3, size, size).sin();
        Assert.True((teacher.Forward(images, cell).ClassToken - plain.Forward(images).ClassToken).abs().max().item<float>() <= 1e-5);
    }
}
