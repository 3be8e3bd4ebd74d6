using System.Text;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;
using Poa.Storage;

namespace Poa.Actors.Client.Tests;

[Collection(OneDevice.Name)]
public sealed class RunsClientMetricsTests(ClusterFixture fixture) : IAsyncDisposable
{
    private readonly PoaClient _client = new(fixture.Client);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Series_OfALongRun_HasEveryStepInFewPoints()
    {
        var run = await WriteAsync(1000);

        var series = await _client.Runs.SeriesAsync(run, maxPoints: 100);

        Assert.InRange(series.Iterations.Count, 50, 100);
        Assert.Equal(1000, series.Counts.Sum());
        Assert.Equal(1000, series.NextIteration);
        Assert.Equal((0.0, 7.5, 15.0), (series.Columns["loss"].Min[0], series.Columns["loss"].Mean[0], series.Columns["loss"].Max[0]));
        var window = await _client.Runs.SeriesAsync(run, 990, 995);
        Assert.Equal([990L, 991, 992, 993, 994], window.Iterations);
        Assert.Equal(990.0, window.Columns["loss"].Mean[0]);
    }

    [Fact]
    public async Task SampleCounts_OfARun_CountEveryStep() =>
        Assert.Equal(
            [KeyValuePair.Create("48x2", 400L), KeyValuePair.Create("96x5", 200L)],
            (await _client.Runs.SampleCountsAsync(await WriteAsync(600))).OrderBy(count => count.Key));

    [Fact]
    public async Task MetricsPage_PageByPage_GivesEveryStepOnce()
    {
        var run = await WriteAsync(600);
        var seen = new List<long>();
        StepMetricsPage page;
        var position = -1L;
        do
        {
            page = await _client.Runs.MetricsPageAsync(run, position, limit: 250);
            seen.AddRange(page.Steps.Select(step => step.Iteration));
            position = page.Next;
        }
        while (page.Steps.Count == 250);

        Assert.Equal(Enumerable.Range(0, 600).Select(i => (long)i), seen);
        Assert.Equal(599, (await _client.Runs.MetricsPageAsync(run, position)).Next);
    }

    [Theory]
    [InlineData("a/../b")]
    [InlineData("../a")]
    [InlineData("")]
    public async Task Series_NoRunId_IsRefused(string run)
    {
        Assert.Equal(ErrorCodes.InvalidArgument, (await Assert.ThrowsAsync<PoaException>(() => _client.Runs.SeriesAsync(run))).Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await Assert.ThrowsAsync<PoaException>(() => _client.Runs.SampleCountsAsync(run))).Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await Assert.ThrowsAsync<PoaException>(() => _client.Runs.MetricsPageAsync(run))).Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await Assert.ThrowsAsync<PoaException>(() => _client.Runs.LogsAsync(run))).Code);
    }

    [Theory]
    [InlineData(-1, null, 10, "from")]
    [InlineData(0, -5L, 10, "to")]
    [InlineData(0, null, 0, "maxPoints")]
    public async Task Series_BadRange_NamesTheArgument(long from, long? to, int maxPoints, string name)
    {
        var e = await Assert.ThrowsAsync<PoaException>(() => _client.Runs.SeriesAsync("run", from, to, maxPoints));
        Assert.StartsWith($"{name} is ", e.Message, StringComparison.Ordinal);
    }

    private async Task<string> WriteAsync(int steps)
    {
        var run = Specifications.NewId();
        var log = await MetricsLog.OpenAsync(await _client.BlobsAsync(), run, 0);
        for (var i = 0; i < steps; i++)
        {
            var step = new StepMetrics(i, i % 3 == 0 ? "96x5" : "48x2", ImmutableSortedDictionary<string, double>.Empty.Add("loss", i));
            log.Append(i, Encoding.UTF8.GetBytes(step.ToLine()));
        }

        await log.FlushAsync();
        return run;
    }
}
