using System.Collections.Immutable;
using System.Security.Cryptography;
using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Data.Imaging;
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

    private string[] States => [.. Evaluations.Where(file => !file.Contains("/pictures/", StringComparison.Ordinal))];

    private string[] Pictures => [.. Evaluations.Where(file => file.Contains("/pictures/", StringComparison.Ordinal) && file.EndsWith(".jpg", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private IEnumerable<string> Evaluations =>
        Directory.GetFiles(bench.BlobFile("runs/tiny"), "*", SearchOption.AllDirectories).Where(file => file.Contains("/evaluations/", StringComparison.Ordinal));

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
        AssertPicturesOf(results);

        // In the middle of the first sub-network, and of the second.
        await StopAfterAsync(benchmark, 1, ["32x2", "48x3"]);
        Assert.Single(States, file => file.EndsWith("manifest.json", StringComparison.Ordinal));
        await EvaluateAsync(benchmark, bench.Reporter, ["32x2"]);
        await StopAfterAsync(benchmark, 2, ["48x3"]);
        await EvaluateAsync(benchmark, bench.Reporter, ["48x3"]);

        Assert.Equal(2, bench.Reporter.Of<RecordingReporter.Note>().Count(note => note.Message.Contains("goes on from step", StringComparison.Ordinal)));
        Assert.Equal(results.Select(Essence), bench.Reporter.Of<EvaluationResult>().Select(Essence));
        Assert.Empty(States);
        Assert.Equal(results.SelectMany(result => result.Pictures), bench.Reporter.Of<EvaluationResult>().SelectMany(result => result.Pictures));
        AssertPicturesOf(results);
    }

    [Theory]
    [MemberData(nameof(Headlines))]
    public async Task Execute_ComputedAnew_PicturesOfTheNewResultAloneStay(string benchmark, string headline)
    {
        Assert.NotEmpty(headline);
        await EvaluateAsync(benchmark, bench.Reporter, ["32x2"], change: ("pictures", "1"));
        var before = Assert.Single(Pictures);

        await EvaluateAsync(benchmark, bench.Reporter, ["32x2"], change: ("pictures", "1"), owner: "sweep-2");

        // The same picture under the name of the second computation.
        var after = Assert.Single(Pictures);
        Assert.Equal(before.Replace("/sweep-1.", "/sweep-2.", StringComparison.Ordinal), after);
        Assert.Equal(Path.GetFileName(after), Assert.Single(bench.Reporter.Of<EvaluationResult>().Last().Pictures).Name);
    }

    [Theory]
    [MemberData(nameof(Headlines))]
    public async Task Execute_NoPicturesAskedFor_StoresNone(string benchmark, string headline)
    {
        await EvaluateAsync(benchmark, bench.Reporter, ["32x2"], change: ("pictures", "0"));

        var result = Assert.Single(bench.Reporter.Of<EvaluationResult>());
        Assert.Equal((headline, 0), (result.Headline, result.Pictures.Length));
        Assert.Empty(Pictures);
    }

    [Theory]
    [InlineData(Benchmarks.Coco, "coco:FOLDER")]
    [InlineData(Benchmarks.Ade20k, "ade20k:FOLDER")]
    public async Task Execute_ImagesOfAnotherKind_SaysWhatIsNeeded(string benchmark, string form)
    {
        var error = await Assert.ThrowsAsync<DatasetException>(() => EvaluateAsync(benchmark, bench.Reporter, ["32x2"], data: new("demo?split=train", "demo?split=test")));

        Assert.Contains(form, error.Message, StringComparison.Ordinal);
    }

    /// <summary>All three test images of each: stored as the result says, and as pictures that can be opened.</summary>
    private void AssertPicturesOf(EvaluationResult[] results)
    {
        Assert.All(results, result => Assert.Equal(3, result.Pictures.Length));
        Assert.Equal(results.SelectMany(result => result.Pictures).Select(picture => picture.Name), Pictures.Select(Path.GetFileName));
        foreach (var (file, picture) in Pictures.Zip(results.SelectMany(result => result.Pictures)))
        {
            var bytes = File.ReadAllBytes(file);
            var image = ImageDecoder.Decode(bytes, file);
            Assert.Equal((picture.Size, picture.Sha256), (bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
            Assert.Equal((picture.Width, picture.Height), (image.Width, image.Height));
            Assert.Contains("true", picture.Caption, StringComparison.Ordinal);
        }
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

    private async Task EvaluateAsync(
        string benchmark,
        IWorkReporter reporter,
        string[] subNetworks,
        StopSignal? stop = null,
        EvaluationData? data = null,
        (string Name, string Value)? change = null,
        string owner = "sweep-1")
    {
        using var own = new StopSignal();
        data ??= benchmark == Benchmarks.Coco
            ? new($"coco:{scenes.CocoFolder}?split=train", $"coco:{scenes.CocoFolder}?split=val")
            : new($"ade20k:{scenes.Ade20kFolder}?split=training", $"ade20k:{scenes.Ade20kFolder}?split=validation");
        var options = Tiny[benchmark].ToImmutableDictionary();
        options = change is { } one ? options.SetItem(one.Name, one.Value) : options;
        var work = new EvaluationWork(TinyRun.Id, TinyRun.Steps, benchmark, data, options, [.. subNetworks], TinyRun.Yaml);
        await bench.Evaluator.ExecuteAsync(bench.Context(work, stop ?? own, reporter, owner));
    }
}
