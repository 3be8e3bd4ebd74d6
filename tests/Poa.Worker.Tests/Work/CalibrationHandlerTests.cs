using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Worker.Data;
using Poa.Worker.Execution;
using Poa.Worker.Work;
using Xunit;

namespace Poa.Worker.Tests.Work;

public sealed class CalibrationHandlerTests : IDisposable
{
    private readonly WorkBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Execute_TinyRun_MeasuresRealStepsAndPublishesNothing()
    {
        var completion = await MeasureAsync(TinyRun.Yaml);

        var result = completion.Calibration!;
        Assert.True(result.FastestStep > 0);
        Assert.InRange(result.SecondsPerStep, result.FastestStep, result.SlowestStep);
        // Eight steps, of which the warm-up takes one and as many as batches are prepared ahead.
        Assert.Equal(TinyRun.Steps - 1 - TinyRun.Configuration.Train.PrefetchBatches, result.MeasuredSteps);
        Assert.Equal((TinyRun.Steps, 10_000, 1, "local/cpu"), (result.TotalSteps, result.Images, result.Threads, result.Shard));
        Assert.Equal(4 / result.SecondsPerStep, result.ImagesPerSecond, 6);
        Assert.Equal(TinyRun.Steps * result.SecondsPerStep, result.EstimatedDuration.TotalSeconds, 3);
        Assert.True(result.PeakMemory is null or > 10_000_000);
        Assert.Empty(await bench.IterationsAsync());
        Assert.Empty(bench.Reporter.Of<RunCheckpoint>());
    }

    [Fact]
    public async Task Execute_RunOfOneStep_MeasuresIt()
    {
        var yaml = (TinyRun.Configuration with { Train = TinyRun.Configuration.Train with { OfficialEpochLength = 1 } }).ToYaml();

        Assert.Equal(1, (await MeasureAsync(yaml)).Calibration!.MeasuredSteps);
    }

    [Fact]
    public async Task Execute_Stopped_EndsAsStopped()
    {
        using var stop = new StopSignal();
        stop.Request(StopReason.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => MeasureAsync(TinyRun.Yaml, stop: stop));
    }

    [Fact]
    public async Task Execute_NoSuchData_IsTheDatasError()
    {
        await Assert.ThrowsAsync<DatasetException>(() => MeasureAsync(TinyRun.Yaml, "/no/such/folder"));
    }

    [Fact]
    public async Task Execute_OutsideTheDataRoots_IsRefused()
    {
        using var stop = new StopSignal();
        var handler = new CalibrationHandler(new DataAccess([Path.GetTempPath()]), TimeProvider.System);

        var error = await Assert.ThrowsAsync<PoaException>(() => handler.ExecuteAsync(bench.Context(new CalibrationWork("c", TinyRun.Yaml, "/usr"), stop)));

        Assert.Equal(ErrorCodes.DataNotAllowed, error.Code);
    }

    [Fact]
    public async Task CheckpointOfARun_IsOfTheEstimatedSize()
    {
        await bench.TrainAsync();

        var bytes = bench.Reporter.Of<RunCheckpoint>().Last().Size;
        Assert.InRange(RunCost.Of(TinyRun.Configuration, 10_000).CheckpointBytes, 0.85 * bytes, bytes);
    }

    private async Task<WorkCompletion> MeasureAsync(string yaml, string data = "demo", StopSignal? stop = null)
    {
        using var own = new StopSignal();
        return await new CalibrationHandler(WorkBench.Anywhere, TimeProvider.System).ExecuteAsync(bench.Context(new CalibrationWork("c", yaml, data), stop ?? own));
    }
}
