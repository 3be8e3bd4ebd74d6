using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Plans;

[Collection(OneDevice.Name)]
public sealed class CalibrationTests(ClusterFixture fixture)
{
    private static readonly CalibrationResult Result = new()
    {
        SecondsPerStep = 0.5,
        FastestStep = 0.4,
        SlowestStep = 0.7,
        MeasuredSteps = 3,
        ImagesPerSecond = 128,
        TotalSteps = 1000,
        PeakMemory = 1_000_000,
        Shard = "local/cpu",
        Threads = 2,
        SoftwareVersion = "test",
        Images = 10_000,
    };

    [Fact]
    public async Task Start_Repeated_MeasuresOnceAndKeepsTheResult()
    {
        var (grain, key, request) = New();
        Assert.Null(await grain.FindAsync());
        await grain.StartAsync(request);
        await grain.StartAsync(request);
        var work = await NextAsync(key);
        Assert.Equal((request.ConfigurationYaml, request.Data), (((CalibrationWork)work.Lease.Work).ConfigurationYaml, ((CalibrationWork)work.Lease.Work).Data));
        Assert.Equal(CalibrationStatus.Running, (await grain.FindAsync())!.Status);
        await CompleteAsync(work);
        await fixture.Cluster.DeactivateAsync(grain);
        var done = await grain.StartAsync(request);
        Assert.Equal((key, CalibrationStatus.Completed, Result, 1), (done.Key, done.Status, done.Result, done.Attempts));
        Assert.True(done.IsFinished);
        Assert.Equal(TimeSpan.FromSeconds(500), done.Result!.EstimatedDuration);
        Assert.Single(fixture.Executor.Started, w => w.Lease.Owner.Key == key);
    }

    [Fact]
    public async Task Start_DeviceBusy_SaysThatItWaits()
    {
        var specification = Specifications.Run();
        var run = fixture.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        var training = await fixture.Executor.TrainingAsync(specification.RunId);
        var (grain, key, request) = New();

        Assert.Equal(CalibrationStatus.WaitingForDevice, (await grain.StartAsync(request)).Status);
        Assert.False((await grain.FindAsync())!.IsFinished);

        await training.CompleteAsync();
        await CompleteAsync(await NextAsync(key));
        Assert.Equal(CalibrationStatus.Completed, (await grain.FindAsync())!.Status);
    }

    [Fact]
    public async Task Cancel_WhileItWaits_IsAtOnceAndCanBeStartedAgain()
    {
        var specification = Specifications.Run();
        var run = fixture.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        var training = await fixture.Executor.TrainingAsync(specification.RunId);
        var (grain, key, request) = New();
        await grain.StartAsync(request);

        Assert.Equal(CalibrationStatus.Cancelled, (await grain.CancelAsync()).Status);
        Assert.Equal(CalibrationStatus.WaitingForDevice, (await grain.StartAsync(request)).Status);

        await training.CompleteAsync();
        await CompleteAsync(await NextAsync(key));
        Assert.Equal(CalibrationStatus.Completed, (await grain.CancelAsync()).Status);
    }

    [Fact]
    public async Task Cancel_WhileAWorkerMeasures_Stops()
    {
        var (grain, key, request) = New();
        await grain.StartAsync(request);
        var work = await NextAsync(key);
        await grain.CancelAsync();
        Assert.Equal(StopReason.Cancel, await work.StopRequestedAsync());
        await work.StopAsAskedAsync(StopReason.Cancel);
        Assert.Equal(CalibrationStatus.Cancelled, (await grain.FindAsync())!.Status);
    }

    [Fact]
    public async Task Failure_OfTheInfrastructure_IsRetriedBoundedly()
    {
        var (grain, key, request) = New();
        await grain.StartAsync(request);
        long token = 0;
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var work = await NextAsync(key, token);
            token = work.Lease.FencingToken;
            await work.FailAsync(retryable: true);
        }

        var failed = (await grain.FindAsync())!;
        Assert.Equal((CalibrationStatus.Failed, "test-fault", 3), (failed.Status, failed.Error!.Code, failed.Attempts));
        await grain.StartAsync(request);
        await CompleteAsync(await NextAsync(key, token));
        Assert.Equal((CalibrationStatus.Completed, null), ((await grain.FindAsync())!.Status, (await grain.FindAsync())!.Error));
    }

    [Fact]
    public async Task Failure_OfWhatWasAskedFor_IsFinal()
    {
        var (grain, key, request) = New();
        await grain.StartAsync(request);
        await (await NextAsync(key)).FailAsync(retryable: false);
        Assert.Equal((CalibrationStatus.Failed, 1), ((await grain.FindAsync())!.Status, (await grain.FindAsync())!.Attempts));
    }

    [Fact]
    public async Task Report_UnderAnOldToken_IsRefused()
    {
        var (grain, key, request) = New();
        await grain.StartAsync(request);
        var old = await NextAsync(key);
        await old.FailAsync(retryable: true);
        var work = await NextAsync(key, old.Lease.FencingToken);
        var late = new CompletedReport(old.Lease.WorkId, old.Lease.FencingToken, new WorkCompletion { Calibration = Result });
        Assert.Equal(ReportVerdict.Refused, (await grain.ReportAsync(late)).Verdict);
        await CompleteAsync(work);
        Assert.Equal(CalibrationStatus.Completed, (await grain.FindAsync())!.Status);
    }

    [Fact]
    public async Task Cancel_NeverStarted_NotFound()
    {
        var (grain, _, _) = New();
        Assert.Equal(ErrorCodes.CalibrationNotFound, (await Assert.ThrowsAsync<PoaException>(() => grain.CancelAsync())).Code);
    }

    private (ICalibrationGrain Grain, string Key, CalibrationRequest Request) New()
    {
        var request = new CalibrationRequest("student:\n  arch: vit\n", $"folder:/{Guid.NewGuid():N}");
        var key = CalibrationKey.Of("fingerprint", request.Data, "test");
        return (fixture.Client.GetGrain<ICalibrationGrain>(key), key, request);
    }

    private Task<FakeWork> NextAsync(string key, long after = 0) =>
        fixture.Executor.NextAsync($"calibration {key}", lease => lease.Owner.Key == key, after);

    private static Task<ReportVerdict> CompleteAsync(FakeWork work) =>
        work.EndAsync(work.Reporter.CompletedAsync(new WorkCompletion { Calibration = Result }));
}
