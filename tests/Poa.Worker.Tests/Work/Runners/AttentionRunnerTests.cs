using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Data.Imaging;
using Poa.Worker.Execution;
using Xunit;

namespace Poa.Worker.Tests.Work.Runners;

/// <summary>Pictures of attention, of a checkpoint that a real (tiny) run published.</summary>
public sealed class AttentionRunnerTests : IAsyncLifetime
{
    private readonly WorkBench bench = new();

    public async ValueTask InitializeAsync() => await bench.TrainAsync();

    public ValueTask DisposeAsync()
    {
        bench.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Execute_SubNetworks_EachHasItsPicturesAndHowConcentratedTheyAre()
    {
        await EvaluateAsync(new() { ["pictures"] = "2" });

        var results = bench.Reporter.Of<EvaluationResult>().ToArray();
        Assert.Equal(["32x2", "48x3"], results.Select(result => result.SubNetwork));
        var hash = await bench.HashAsync(TinyRun.Steps);
        Assert.All(results, result =>
        {
            Assert.Equal((Benchmarks.Attention, "patches for 60 %"), (result.Benchmark, result.Headline));
            // Of 16 patches at least one is needed, and never more than 60 % of them and the next.
            Assert.InRange(result.HeadlineValue, 100.0 / 16, 62.5);
            Assert.Equal((hash, "2"), (result.Protocol["checkpoint_sha256"], result.Protocol["images"].Split("first ")[1].TrimEnd(')')));
            Assert.True(result.Parameters > 0);
            Assert.Equal(2, result.Pictures.Length);
            Assert.All(result.Pictures, picture => Assert.StartsWith("demo test #", picture.Caption, StringComparison.Ordinal));
        });

        // Image, mean and a panel for each head: 2 heads of 16 channels, and 3.
        var widths = results.Select(result => result.Pictures[0].Width).ToArray();
        Assert.True(widths[0] == widths[1], $"Both have four panels in the first row: {string.Join(", ", widths)}.");
        Assert.True(results[1].Pictures[0].Height > results[0].Pictures[0].Height, "The fifth panel stands in a second row.");
        var picture = results[1].Pictures[1];
        var file = Directory.GetFiles(bench.BlobFile("runs/tiny/evaluations"), picture.Name, SearchOption.AllDirectories).Single();
        Assert.Contains($"/{TinyRun.Steps:D10}/48x3/{Benchmarks.Attention}-", file, StringComparison.Ordinal);
        var image = ImageDecoder.DecodeFile(file);
        Assert.Equal((picture.Width, picture.Height), (image.Width, image.Height));
    }

    [Fact]
    public async Task Execute_ImageSize_IsWhatTheNetworkSees()
    {
        await EvaluateAsync(new() { ["pictures"] = "1", ["image_size"] = "56" });

        Assert.Equal("56", bench.Reporter.Of<EvaluationResult>().First().Protocol["image_size"]);
    }

    private async Task EvaluateAsync(Dictionary<string, string> options)
    {
        using var stop = new StopSignal();
        var work = new EvaluationWork(
            TinyRun.Id, TinyRun.Steps, Benchmarks.Attention, new("demo?split=train", "demo?split=test"), options.ToImmutableDictionary(), ["32x2", "48x3"], TinyRun.Yaml);
        await bench.Evaluator.ExecuteAsync(bench.Context(work, stop));
    }
}
