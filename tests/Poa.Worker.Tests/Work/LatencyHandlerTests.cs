using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Worker.Execution;
using Poa.Worker.Work;
using Xunit;

namespace Poa.Worker.Tests.Work;

public sealed class LatencyHandlerTests : IAsyncLifetime
{
    private readonly WorkBench bench = new();

    public async ValueTask InitializeAsync() => await bench.TrainAsync();

    public ValueTask DisposeAsync()
    {
        bench.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Execute_SeveralSubNetworks_ReportsFiguresWithTheirWholeProtocol()
    {
        await MeasureAsync(["32x2", "48x3"], []);

        var results = bench.Reporter.Of<EvaluationResult>().ToArray();
        Assert.Equal(["32x2", "48x3"], results.Select(result => result.SubNetwork));
        Assert.All(results, result =>
        {
            Assert.Equal((Benchmarks.Latency, "p50_ms"), (result.Benchmark, result.Headline));
            Assert.True(result.Metrics["p50_ms"] > 0);
            Assert.True(result.Metrics["p50_ms"] <= result.Metrics["p95_ms"]);
            Assert.True(result.Metrics["mean_ms"] > 0);
            Assert.Equal(
                ("cpu", "1", "1", "28", "5", "50", "2"),
                (result.Protocol["device"], result.Protocol["threads"], result.Protocol["batch"], result.Protocol["image_size"],
                    result.Protocol["warmup"], result.Protocol["repetitions"], result.Protocol["interleaved"]));
            Assert.Equal(SoftwareVersion.Product, result.Protocol["software"]);
            Assert.NotEmpty(result.Protocol["hardware"]);
        });
        var hash = await bench.HashAsync(TinyRun.Steps);
        Assert.All(results, result => Assert.Equal(hash, result.Protocol["checkpoint_sha256"]));
        Assert.True(results[0].Parameters < results[1].Parameters);
        Assert.True(results[0].MultiplyAccumulates < results[1].MultiplyAccumulates);
    }

    [Fact]
    public async Task Execute_Options_StandInTheProtocol()
    {
        await MeasureAsync(["32x2"], new() { ["batch_size"] = "3", ["threads"] = "2", ["warmup"] = "0", ["repetitions"] = "2", ["image_size"] = "14" });

        var protocol = Assert.Single(bench.Reporter.Of<EvaluationResult>()).Protocol;
        Assert.Equal(
            ("3", "2", "0", "2", "14"), (protocol["batch"], protocol["threads"], protocol["warmup"], protocol["repetitions"], protocol["image_size"]));
    }

    [Theory]
    [InlineData("nonsense", "1")]
    [InlineData("repetitions", "0")]
    [InlineData("repetitions", "many")]
    [InlineData("threads", "0")]
    [InlineData("image_size", "30")]
    [InlineData("batch_size", "-1")]
    public async Task Execute_WrongOption_NamesIt(string name, string value)
    {
        var error = await Assert.ThrowsAsync<PoaException>(() => MeasureAsync(["32x2"], new() { [name] = value }));

        Assert.Equal(ErrorCodes.InvalidArgument, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_Stopped_EndsAsStopped()
    {
        using var stop = new StopSignal();
        stop.Request(StopReason.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => MeasureAsync(["32x2"], [], stop));
    }

    [Fact]
    public void Groups_MoreThanFitsIntoMemory_AreSplitInOrder()
    {
        var grid = TinyRun.Configuration.Grid();
        var bytes = 4 * grid.CostOf(grid.Intact, 28).Parameters;

        var groups = LatencyHandler.Groups([grid.Smallest, grid.Intact, grid.Smallest], grid, 28, bytes);

        Assert.Equal([[grid.Smallest], [grid.Intact], [grid.Smallest]], groups);
        Assert.Single(LatencyHandler.Groups(grid.SubNetworks, grid, 28));
        Assert.Equal(grid.SubNetworks, LatencyHandler.Groups(grid.SubNetworks, grid, 28)[0]);
        Assert.Single(LatencyHandler.Groups([grid.Intact], grid, 28, groupBytes: 1));
    }

    private async Task MeasureAsync(string[] subNetworks, Dictionary<string, string> options, StopSignal? stop = null)
    {
        using var own = new StopSignal();
        var work = new EvaluationWork(
            TinyRun.Id, TinyRun.Steps, Benchmarks.Latency, EvaluationData.None, options.ToImmutableDictionary(), [.. subNetworks], TinyRun.Yaml);
        await new LatencyHandler(bench.Blobs, TimeProvider.System).ExecuteAsync(bench.Context(work, stop ?? own));
    }
}
