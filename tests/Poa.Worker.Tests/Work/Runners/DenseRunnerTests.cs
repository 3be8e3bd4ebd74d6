using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Data.Scenes;
using Poa.Worker.Execution;
using Poa.Worker.Tests.Execution;
using Xunit;

namespace Poa.Worker.Tests.Work.Runners;

/// <summary>Detection and segmentation on a few composed scenes, of a checkpoint that a real (tiny) run published, with stops in between.</summary>
public sealed class DenseRunnerTests : IAsyncLifetime
{
    private static readonly Dictionary<string, Dictionary<string, string>> Tiny = new()
    {
        [Benchmarks.Coco] = new() { ["preset"] = "quick", ["image_size"] = "56", ["iterations"] = "6", ["batch_size"] = "2", ["warmup_iterations"] = "2", ["checkpoint_every"] = "2" },
        [Benchmarks.Ade20k] = new() { ["preset"] = "quick", ["crop_size"] = "56", ["iterations"] = "6", ["batch_size"] = "2", ["warmup_iterations"] = "2", ["checkpoint_every"] = "2" },
    };

    private readonly string folder = Directory.CreateTempSubdirectory("poa-dense-").FullName;
    private readonly WorkBench bench = new();
    private SceneSet scenes = null!;

    public static TheoryData<string, string> Headlines => new() { { Benchmarks.Coco, "box AP" }, { Benchmarks.Ade20k, "mIoU" } };

    private string[] States => [.. Directory.GetFiles(bench.BlobFile("runs/tiny"), "*", SearchOption.AllDirectories).Where(file => file.Contains("/evaluations/", StringComparison.Ordinal))];

    public async ValueTask InitializeAsync()
    {
        await bench.TrainAsync();
        scenes = SceneSet.Make(new SceneRecipe { TrainScenes = 6, ValScenes = 3, Width = 56, Height = 56, MaxSide = 28 }, Path.Combine(folder, "scenes"), cancellationToken: TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        bench.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Headlines))]
    public async Task Execute_StoppedTwice_GoesOnToTheResultsOfAnUnbrokenEvaluation(string benchmark, string headline)
    {
        var calm = new RecordingReporter();
        await EvaluateAsync(benchmark, calm, ["32x2", "48x3"]);
        var results = calm.Of<EvaluationResult>().ToArray();
        Assert.Equal(["32x2", "48x3"], results.Select(result => result.SubNetwork));
        var hash = await bench.HashAsync(TinyRun.Steps);
        Assert.All(results, result =>
        {
            Assert.Equal((benchmark, headline), (result.Benchmark, result.Headline));
            Assert.InRange(result.HeadlineValue, 0, 100);
            Assert.Equal(hash, result.Protocol["checkpoint_sha256"]);
            Assert.Equal("6", result.Protocol["steps"]);
            Assert.NotEmpty(result.Protocol["test_sha256"]);
            Assert.True(result.Parameters > 0);
        });
        Assert.Equal(results[0].Protocol, results[1].Protocol);
        Assert.Empty(States);

        // In the middle of the first sub-network, and of the second.
        await StopAfterAsync(benchmark, 1, ["32x2", "48x3"]);
        Assert.Single(States, file => file.EndsWith("manifest.json", StringComparison.Ordinal));
        await EvaluateAsync(benchmark, bench.Reporter, ["32x2"]);
        await StopAfterAsync(benchmark, 2, ["48x3"]);
        await EvaluateAsync(benchmark, bench.Reporter, ["48x3"]);

        Assert.Equal(2, bench.Reporter.Of<RecordingReporter.Note>().Count(note => note.Message.Contains("goes on from step", StringComparison.Ordinal)));
        Assert.Equal(results.Select(Essence), bench.Reporter.Of<EvaluationResult>().Select(Essence));
        Assert.Empty(States);
    }

    [Theory]
    [InlineData(Benchmarks.Coco, "coco:FOLDER")]
    [InlineData(Benchmarks.Ade20k, "ade20k:FOLDER")]
    public async Task Execute_ImagesOfAnotherKind_SaysWhatIsNeeded(string benchmark, string form)
    {
        var error = await Assert.ThrowsAsync<DatasetException>(() => EvaluateAsync(benchmark, bench.Reporter, ["32x2"], data: new("demo?split=train", "demo?split=test")));

        Assert.Contains(form, error.Message, StringComparison.Ordinal);
    }

    private static (string, string, string) Essence(EvaluationResult result) =>
        (result.SubNetwork, string.Join(' ', result.Metrics), string.Join(' ', result.Details) + string.Join(' ', result.Protocol));

    /// <summary>Evaluates until so many checkpoints were stored under this lease.</summary>
    private async Task StopAfterAsync(string benchmark, int states, string[] subNetworks)
    {
        using var stop = new StopSignal();
        var reporter = new CallbackReporter(bench.Reporter, progress =>
        {
            if (progress.StoredStates >= states)
            {
                stop.Request(StopReason.Shutdown);
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EvaluateAsync(benchmark, reporter, subNetworks, stop));
    }

    private async Task EvaluateAsync(string benchmark, IWorkReporter reporter, string[] subNetworks, StopSignal? stop = null, EvaluationData? data = null)
    {
        using var own = new StopSignal();
        data ??= benchmark == Benchmarks.Coco
            ? new($"coco:{scenes.CocoFolder}?split=train", $"coco:{scenes.CocoFolder}?split=val")
            : new($"ade20k:{scenes.Ade20kFolder}?split=training", $"ade20k:{scenes.Ade20kFolder}?split=validation");
        var work = new EvaluationWork(TinyRun.Id, TinyRun.Steps, benchmark, data, Tiny[benchmark].ToImmutableDictionary(), [.. subNetworks], TinyRun.Yaml);
        await bench.Evaluator.ExecuteAsync(bench.Context(work, stop ?? own, reporter));
    }
}
