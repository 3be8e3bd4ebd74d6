using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Networks;
using Poa.Storage;
using Poa.Worker.Execution;
using Poa.Worker.Work;
using TorchSharp;
using Xunit;

namespace Poa.Worker.Tests.Work;

/// <summary>Evaluation and extraction of a checkpoint that a real (tiny) run published.</summary>
public sealed class EvaluationHandlerTests : IAsyncLifetime
{
    private static readonly EvaluationData Images = new("demo?split=test", "demo?split=test");
    private readonly WorkBench bench = new();

    public async ValueTask InitializeAsync() => await bench.TrainAsync();

    public ValueTask DisposeAsync()
    {
        bench.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Execute_SeveralSubNetworks_ReportsOneResultEachWithItsProtocol()
    {
        await EvaluateAsync(Benchmarks.Knn, ["32x2", "48x3"], []);

        var results = bench.Reporter.Of<EvaluationResult>().ToArray();
        Assert.Equal(["32x2", "48x3"], results.Select(result => result.SubNetwork));
        Assert.All(results, result => Assert.InRange(result.HeadlineValue, 10, 100));
        Assert.All(results, result => Assert.Equal("top1@20", result.Headline));
        var hash = await bench.HashAsync(TinyRun.Steps);
        Assert.All(results, result => Assert.Equal(hash, result.Protocol["checkpoint_sha256"]));
        Assert.True(results[0].Parameters < results[1].Parameters);
    }

    [Fact]
    public async Task Execute_Pixels_NeedsNoNetwork()
    {
        await EvaluateAsync(Benchmarks.PixelKnn, [Benchmarks.Pixels], []);

        var result = Assert.Single(bench.Reporter.Of<EvaluationResult>());
        Assert.Equal((Benchmarks.Pixels, 0L), (result.SubNetwork, result.Parameters));
    }

    [Fact]
    public async Task Execute_OptionsOfTheWork_OverrideTheRuns()
    {
        await EvaluateAsync(Benchmarks.PixelKnn, [Benchmarks.Pixels], new() { ["neighbours"] = "3" });

        Assert.Equal("top1@3", Assert.Single(bench.Reporter.Of<EvaluationResult>()).Headline);
    }

    [Theory]
    [InlineData("nonsense", "1")]
    [InlineData("neighbours", "many")]
    [InlineData("temperature", "-1")]
    public async Task Execute_WrongOption_NamesIt(string name, string value)
    {
        var error = await Assert.ThrowsAsync<PoaException>(() => EvaluateAsync(Benchmarks.Knn, ["32x2"], new() { [name] = value }));

        Assert.Equal(ErrorCodes.InvalidArgument, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_NoSuchCheckpoint_SaysSo()
    {
        var error = await Assert.ThrowsAsync<StorageException>(() => EvaluateAsync(Benchmarks.Knn, ["32x2"], [], iteration: 7));

        Assert.Contains("iteration 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extract_SubNetwork_PublishesANetworkThatEqualsTheLiveSlice()
    {
        using var stop = new StopSignal();
        var work = new ExtractionWork(TinyRun.Id, TinyRun.Steps, "32x2", TinyRun.Yaml);

        var completion = await new ExtractionHandler(bench.Blobs, TimeProvider.System).ExecuteAsync(bench.Context(work, stop));

        var model = completion.Model!;
        Assert.Equal(["README.md", "config.json", "model.safetensors"], model.Files.Select(file => file.Name[model.Prefix.Length..]));
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var plain = PlainViT.Load(bench.BlobFile(model.Prefix + "model.safetensors"));
        using var intact = Evaluation.TeacherBackbone.Load(bench.BlobFile($"runs/tiny/checkpoints/{TinyRun.Steps:D10}"), TinyRun.Configuration);
        var images = torch.linspace(-2, 2, 2 * 3 * 28 * 28).view(2, 3, 28, 28);
        var difference = (plain.Forward(images).ClassToken - intact.Forward(images, new SubNetwork(32, 2)).ClassToken).abs().max().item<float>();
        Assert.InRange(difference, 0, 1e-5);
    }

    [Fact]
    public async Task Extract_Twice_IsHarmless()
    {
        using var stop = new StopSignal();
        var work = new ExtractionWork(TinyRun.Id, TinyRun.Steps, "48x2", TinyRun.Yaml);
        var handler = new ExtractionHandler(bench.Blobs, TimeProvider.System);

        var first = await handler.ExecuteAsync(bench.Context(work, stop));
        var second = await handler.ExecuteAsync(bench.Context(work, stop));

        Assert.Equal(first.Model!.Files, second.Model!.Files);
    }

    private async Task EvaluateAsync(string benchmark, string[] subNetworks, Dictionary<string, string> options, long iteration = TinyRun.Steps)
    {
        using var stop = new StopSignal();
        var work = new EvaluationWork(
            TinyRun.Id, iteration, benchmark, Images, options.ToImmutableDictionary(), [.. subNetworks], TinyRun.Yaml);
        await bench.Evaluator.ExecuteAsync(bench.Context(work, stop));
    }
}
