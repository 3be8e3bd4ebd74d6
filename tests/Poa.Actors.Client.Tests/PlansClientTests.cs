using Poa.Actors.Abstractions;
using Poa.Actors.Tests;
using Poa.Elastic;

namespace Poa.Actors.Client.Tests;

[Collection(OneDevice.Name)]
public sealed class PlansClientTests(ClusterFixture fixture) : IAsyncDisposable
{
    private static readonly PoaConfiguration Configuration = PoaConfiguration.Load([]);

    private readonly PoaClient _client = new(fixture.Client);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task InspectData_WhileTheDeviceTrains_AnswersFromTheWorker()
    {
        var run = (await _client.Runs.StartAsync(Configuration, "demo?split=train")).Specification.RunId;
        var training = await fixture.Executor.TrainingAsync(run);

        var found = await _client.Plans.InspectDataAsync(FakeInspector.Good);

        Assert.Equal((12L, 2, "local/cpu"), (found.Images, found.Classes, found.Shard));
        Assert.Equal(["a", "b"], found.ClassNames);
        Assert.Equal(new SampledImage("a/1.jpg", 3, 4), Assert.Single(found.Sample));
        await training.CompleteAsync();
    }

    [Fact]
    public async Task InspectData_CannotBeUsed_IsTheWorkersError()
    {
        var error = await Assert.ThrowsAsync<PoaException>(() => _client.Plans.InspectDataAsync("nonsense"));

        Assert.Equal(("invalid-data", "Name something."), (error.Code, error.Remedy));
    }

    [Fact]
    public async Task InspectData_CallerGoesAway_IsCalledOff()
    {
        using var gone = new CancellationTokenSource();
        var looking = _client.Plans.InspectDataAsync(FakeInspector.Endless, gone.Token);
        await fixture.Inspector.Begun.WaitAsync(Wait.Limit);
        // Another look is answered meanwhile.
        await _client.Plans.InspectDataAsync(FakeInspector.Good);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looking);
        await fixture.Inspector.CalledOff.WaitAsync(Wait.Limit);
    }

    [Fact]
    public async Task InspectData_NoWorker_SaysToStartOne()
    {
        await using var cluster = ClusterFixture.Build(1, _ => new FakeExecutor { Devices = [] }, _ => "none", new SharedStorage());
        await cluster.DeployAsync();
        await using var client = new PoaClient(cluster.Client);

        var error = await Assert.ThrowsAsync<PoaException>(() => client.Plans.InspectDataAsync(FakeInspector.Good));

        Assert.Equal(ErrorCodes.NoWorker, error.Code);
        Assert.Contains("poa up", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calibrate_SameConfigurationAndData_FindsTheSameOne()
    {
        var first = await _client.Plans.CalibrateAsync(Configuration, "demo?split=test");
        var again = await _client.Plans.CalibrateAsync(Configuration, "demo?split=test");
        var work = await fixture.Executor.NextAsync("a calibration", lease => lease.Owner.Key == first.Key);
        Assert.Equal(first.Key, again.Key);
        Assert.Equal(Configuration.ToYaml(), ((CalibrationWork)work.Lease.Work).ConfigurationYaml);

        await _client.Plans.CancelCalibrationAsync(first.Key);
        await work.StopAsAskedAsync(await work.StopRequestedAsync());

        Assert.Equal(CalibrationStatus.Cancelled, (await _client.Plans.GetCalibrationAsync(first.Key)).Status);
    }

    [Fact]
    public async Task GetCalibration_UnknownOrMalformed_SaysSo()
    {
        var unknown = await Assert.ThrowsAsync<PoaException>(() => _client.Plans.GetCalibrationAsync(new string('0', 32)));
        var malformed = await Assert.ThrowsAsync<PoaException>(() => _client.Plans.GetCalibrationAsync("../etc"));

        Assert.Equal((ErrorCodes.CalibrationNotFound, ErrorCodes.InvalidArgument), (unknown.Code, malformed.Code));
    }

    [Fact]
    public void CalibrationKey_AnyPartDiffers_IsAnother()
    {
        string[] keys =
        [
            CalibrationKey.Of("f", "demo", "1"), CalibrationKey.Of("g", "demo", "1"), CalibrationKey.Of("f", "demos", "1"),
            CalibrationKey.Of("f", "demo", "2"), CalibrationKey.Of("f", "demo;1", ""),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Equal(key, CalibrationKey.Validate(key)));
    }

    [Fact]
    public async Task Sweep_Latency_NeedsNoImages()
    {
        var run = (await _client.Runs.StartAsync(Configuration, "demo?split=train")).Specification.RunId;
        var training = await fixture.Executor.TrainingAsync(run);
        await training.CheckpointAsync(0);
        await training.CompleteAsync();
        var name = Configuration.Grid().Smallest.ToString();

        var sweep = await _client.Sweeps.StartAsync(run, new EvaluationData("demo", "demo"), Benchmarks.Latency, [name]);

        var batch = await fixture.Executor.BatchAsync(sweep.Specification.SweepId);
        Assert.Equal(EvaluationData.None, batch.Evaluation.Data);
        await batch.Reporter.ResultAsync([FakeWork.ResultOf(name, 1.5) with { Benchmark = Benchmarks.Latency }]);
        await batch.CompleteAsync();
        Assert.Equal(1.5, Assert.Single(await _client.Results.GridAsync(run, Benchmarks.Latency)).Value);
        var wrong = await Assert.ThrowsAsync<PoaException>(() => _client.Sweeps.StartAsync(run, EvaluationData.None));
        Assert.Equal(ErrorCodes.InvalidArgument, wrong.Code);
    }
}
