using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Extraction;

[Collection(OneDevice.Name)]
public sealed class ExtractionTests(ClusterFixture fixture)
{
    private static readonly ExtractedModel Model = new("runs/r/subnetworks/0/48x2/", "ab", [new PublishedFile("model.safetensors", 5, "cd")]);

    [Fact]
    public async Task Start_Repeated_OneExtractionWithItsFiles()
    {
        var (grain, key) = await NewAsync();
        await grain.StartAsync();
        await grain.StartAsync();
        var work = await NextAsync(key);
        await work.EndAsync(work.Reporter.CompletedAsync(new WorkCompletion { Model = Model }));
        var done = await grain.StartAsync();
        Assert.Equal(JobStatus.Completed, done.Status);
        Assert.Equal(Model.ManifestSha256, done.Model!.ManifestSha256);
        Assert.Single(fixture.Executor.Started, w => w.Lease.Owner.Key == key.ToString());
    }

    [Fact]
    public async Task Failure_RetriedBoundedlyThenStartTriesAgain()
    {
        var (grain, key) = await NewAsync();
        await grain.StartAsync();
        long token = 0;
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var work = await NextAsync(key, token);
            token = work.Lease.FencingToken;
            await work.FailAsync(retryable: true);
        }

        Assert.Equal(JobStatus.Failed, (await grain.GetAsync()).Status);
        await grain.StartAsync();
        var again = await NextAsync(key, token);
        await again.EndAsync(again.Reporter.CompletedAsync(new WorkCompletion { Model = Model }));
        Assert.Equal(JobStatus.Completed, (await grain.GetAsync()).Status);
    }

    [Fact]
    public async Task Quarantine_ExtractionThatEndsItsWorkerTwice_NamesItsLogAndIsTriedAgainOnlyOnRequest()
    {
        var (grain, key) = await NewAsync();
        await grain.StartAsync();
        long token = 0;
        FakeWork lost = null!;
        for (var loss = 1; loss <= 2; loss++)
        {
            lost = await NextAsync(key, token);
            token = lost.Lease.FencingToken;
            await grain.LeaseLostAsync(lost.Lease.WorkId, token, new WorkError(ErrorCodes.WorkerLost, "The worker is gone.", "Look.", Retryable: true));
            Assert.Equal(ReportVerdict.Refused, await lost.CompleteAsync());
        }

        var ended = await grain.GetAsync();
        Assert.Equal((JobStatus.Quarantined, ErrorCodes.Quarantined), (ended.Status, ended.Error!.Code));
        Assert.Contains(new WorkLogName(token, lost.Lease.WorkId, lost.Lease.Shard).ToString(), ended.Error.Remedy, StringComparison.Ordinal);

        await grain.StartAsync();
        var again = await NextAsync(key, token);
        await again.EndAsync(again.Reporter.CompletedAsync(new WorkCompletion { Model = Model }));
        Assert.Equal(JobStatus.Completed, (await grain.GetAsync()).Status);
    }

    [Fact]
    public async Task Cancel_WhileAWorkerHasIt_Stops()
    {
        var (grain, key) = await NewAsync();
        await grain.StartAsync();
        var work = await NextAsync(key);
        await grain.CancelAsync();
        Assert.Equal(StopReason.Cancel, await work.StopRequestedAsync());
        await work.StopAsAskedAsync(StopReason.Cancel);
        Assert.Equal(JobStatus.Cancelled, (await grain.GetAsync()).Status);
    }

    [Fact]
    public async Task Start_UnknownCheckpoint_NotFound()
    {
        var (_, key) = await NewAsync();
        var grain = fixture.Client.GetGrain<IExtractionJobGrain>((key with { Iteration = 77 }).ToString());
        Assert.Equal(ErrorCodes.CheckpointNotFound, (await Assert.ThrowsAsync<PoaException>(() => grain.StartAsync())).Code);
    }

    private async Task<(IExtractionJobGrain Grain, ExtractionKey Key)> NewAsync()
    {
        var run = await Specifications.PausedRunAsync(fixture);
        var key = new ExtractionKey(run.GetPrimaryKeyString(), 0, "48x2");
        return (fixture.Client.GetGrain<IExtractionJobGrain>(key.ToString()), key);
    }

    private Task<FakeWork> NextAsync(ExtractionKey key, long after = 0) =>
        fixture.Executor.NextAsync($"extraction {key}", lease => lease.Owner.Key == key.ToString(), after);
}
