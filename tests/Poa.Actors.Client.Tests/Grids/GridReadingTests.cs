using System.Diagnostics;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;
using Poa.Elastic;

namespace Poa.Actors.Client.Tests.Grids;

[Collection(OneDevice.Name)]
public sealed class GridReadingTests(ClusterFixture fixture, ITestOutputHelper output) : IAsyncDisposable
{
    private static readonly EvaluationData Data = new("demo?split=train", "demo?split=test");
    private static readonly PoaConfiguration Configuration = PoaConfiguration.Load([]);
    private static readonly string[] Names = [.. Configuration.Grid().SubNetworks.Select(cell => cell.ToString())];

    private readonly PoaClient _client = new(fixture.Client);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task View_CellFailsAndIsRetried_FillsInAtTheNextRead()
    {
        var run = await CompletedRunAsync();
        Assert.Empty((await _client.Results.ViewAsync(run)).Measurements);
        var sweep = (await _client.Sweeps.StartAsync(run, Data, subNetworks: Names[..2])).Specification.SweepId;
        var batch = await fixture.Executor.BatchAsync(sweep);
        await batch.ResultAsync(Names[0]);
        await batch.FailAsync(retryable: false);
        await _client.Sweeps.WaitAsync(sweep);

        var failed = await _client.Results.ViewAsync(run);

        Assert.Equal(80, failed.Measurements[0].Value(Names[0], "top1@20"));
        Assert.Equal((JobStatus.Failed, "test-fault"), (failed.Measurements[0].Of(Names[1])!.Status, failed.Measurements[0].Of(Names[1])!.Error!.Code));
        Assert.Same(failed, await _client.Results.ViewAsync(run, previous: failed));

        await _client.Sweeps.RetryAsync(sweep, [Names[1]]);
        var again = await fixture.Executor.BatchAsync(sweep, batch.Lease.FencingToken);
        Assert.Equal([Names[1]], again.Evaluation.SubNetworks);
        await again.ResultAsync(Names[1]);
        await again.CompleteAsync();
        await _client.Sweeps.WaitAsync(sweep);

        var mended = await Wait.ForAsync(() => _client.Results.ViewAsync(run, previous: failed), view => view.Running.IsEmpty, "the index knows of the end");
        Assert.Equal((JobStatus.Completed, 80.0), (mended.Measurements[0].Of(Names[1])!.Status, mended.Measurements[0].Value(Names[1], "top1@20")));
    }

    [Fact]
    public async Task View_UnknownCheckpoint_NamesThoseThereAre()
    {
        var run = await CompletedRunAsync();

        var error = await Assert.ThrowsAsync<PoaException>(() => _client.Results.ViewAsync(run, 77));

        Assert.Equal((ErrorCodes.CheckpointNotFound, "Choose one of 0."), (error.Code, error.Remedy));
    }

    [Fact]
    public async Task View_ManySweepsOverTheWholeGrid_IsReadFastAgain()
    {
        const int sweeps = 8;
        var run = await CompletedRunAsync();
        for (var i = 0; i < sweeps; i++)
        {
            var options = new Dictionary<string, string> { ["temperature"] = $"0.0{i + 1}" };
            var sweep = (await _client.Sweeps.StartAsync(run, Data, options: options)).Specification.SweepId;
            for (var (left, token) = (Names.Length, 0L); left > 0;)
            {
                var batch = await fixture.Executor.BatchAsync(sweep, token);
                await batch.ResultAsync([.. batch.Evaluation.SubNetworks]);
                await batch.CompleteAsync();
                (left, token) = (left - batch.Evaluation.SubNetworks.Length, batch.Lease.FencingToken);
            }

            await _client.Sweeps.WaitAsync(sweep);
        }

        await Wait.ForAsync(() => _client.Results.ViewAsync(run), view => view.Running.IsEmpty, "the index knows of the ends");
        await using var fresh = new PoaClient(fixture.Client);
        var watch = Stopwatch.StartNew();
        var first = await fresh.Results.ViewAsync(run);
        var cold = watch.Elapsed;
        watch.Restart();
        var second = await fresh.Results.ViewAsync(run);
        var warm = watch.Elapsed;
        watch.Restart();
        Assert.Same(second, await fresh.Results.ViewAsync(run, previous: second));

        output.WriteLine($"{sweeps} sweeps x {Names.Length} cells: first read {cold.TotalMilliseconds:F1} ms, read again {warm.TotalMilliseconds:F1} ms, unchanged {watch.Elapsed.TotalMilliseconds:F1} ms");
        Assert.Equal(sweeps, first.Measurements.Length);
        Assert.All(first.Measurements, measurement => Assert.Equal(Names.Length, measurement.Cells.Values.Count(cell => cell.Result is not null)));
        // Far above what it takes, far below what a read of each result takes over the wire: it shows only that the cache is used.
        Assert.True(warm < cold, $"{warm} is not below {cold}");
    }

    private async Task<string> CompletedRunAsync()
    {
        var run = (await _client.Runs.StartAsync(Configuration, "demo?split=train")).Specification.RunId;
        var training = await fixture.Executor.TrainingAsync(run);
        await training.CheckpointAsync(0);
        await training.CompleteAsync();
        await _client.Runs.WaitAsync(run);
        return run;
    }
}
