using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Catalog;

/// <summary>What runs tell the index.</summary>
[Collection(OneDevice.Name)]
public sealed class RunListingTests(ClusterFixture fixture)
{
    private IRunCatalogGrain Catalog => fixture.Client.GetGrain<IRunCatalogGrain>(0);

    [Fact]
    public async Task RunningRun_Progress_ShownAtOnceAndKeptAtTheEnd()
    {
        var specification = Specifications.Run();
        var run = fixture.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        var work = await fixture.Executor.TrainingAsync(specification.RunId);
        await work.CheckpointAsync(0);
        for (var done = 10; done <= 100; done += 10)
        {
            await work.Reporter.ProgressAsync(new WorkProgress { Done = done, Total = 200, Loss = 100 - done, ImagesPerSecond = 7 });
        }

        var entry = await Wait.ForAsync(() => EntryAsync(specification.RunId), e => e.Progress?.Done == 100, "the progress is shown");
        Assert.Equal(RunStatus.Running, entry.Status);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => 100f - (10 * i)), entry.LossTrend);
        Assert.NotNull(entry.StartedAt);

        await fixture.Cluster.DeactivateAsync(run);
        await work.FailAsync(retryable: false);
        await fixture.Cluster.DeactivateAsync(Catalog);
        entry = await EntryAsync(specification.RunId);
        Assert.Equal((RunStatus.Failed, 1, "test-fault"), (entry.Status, entry.CheckpointCount, entry.Error!.Code));
        Assert.NotNull(entry.FinishedAt);
    }

    [Fact]
    public async Task TwoHundredRuns_CommandedAtOnce_AllListedAsTheyStand()
    {
        var tag = Specifications.NewId("bulk");
        var runs = Enumerable.Range(0, 200).Select(i => fixture.Client.GetGrain<ITrainingRunGrain>($"{tag}-{i}")).ToList();
        await Task.WhenAll(runs.Select(async run =>
        {
            await run.CreateAsync(Specifications.Run(run.GetPrimaryKeyString()));
            await run.StartAsync();
        }));
        var running = await fixture.Executor.NextAsync("one of many", lease => lease.Work.Run.StartsWith(tag, StringComparison.Ordinal));

        await Task.WhenAll(runs.Select(run => run.PauseAsync()));
        await running.StopAsAskedAsync(await running.StopRequestedAsync());
        await CountsAsync(tag, RunStatus.Paused);

        await Task.WhenAll(runs.Select(run => run.CancelAsync()));
        await CountsAsync(tag, RunStatus.Cancelled);
        Assert.Equal(200, (await Task.WhenAll(runs.Select(run => run.FindAsync()))).Count(run => run!.Status == RunStatus.Cancelled));
    }

    private async Task<CatalogEntry> EntryAsync(string run) => Assert.Single(await Catalog.ListAsync(new CatalogQuery { Text = run }));

    private async Task CountsAsync(string tag, RunStatus status)
    {
        var page = await Wait.ForAsync(
            () => Catalog.QueryAsync(new CatalogQuery { Text = tag, Limit = 50 }), p => p.Counts.GetValueOrDefault(status) == 200, $"200 runs are listed as {status}");
        Assert.Equal((200, 50), (page.Total, page.Entries.Length));
    }
}
