using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Evaluation;

[Collection(OneDevice.Name)]
public sealed class SweepListingTests(ClusterFixture fixture)
{
    private ISweepCatalogGrain Catalog => fixture.Client.GetGrain<ISweepCatalogGrain>(0);

    [Fact]
    public async Task Sweep_FromStartToEnd_ListedAsItStands()
    {
        var (specification, sweep, work) = await StartedAsync("48x2", "48x4");
        Assert.Equal((SweepStatus.Running, 2, 0, "bea"), await StandingAsync(specification));

        await work.ResultAsync("48x2");
        await work.Reporter.ProgressAsync(new WorkProgress { Done = 3, Total = 9, Unit = "images" });
        var shown = await Wait.ForAsync(() => EntryAsync(specification), e => e.Progress?.Done == 3, "the progress is shown");
        Assert.Equal(1, shown.Completed);

        await work.ResultAsync("48x4");
        await work.CompleteAsync();
        await sweep.UntilFinishedAsync();
        await Wait.ForAsync(() => EntryAsync(specification), e => e.Status == SweepStatus.Completed, "its end is listed");
        await fixture.Cluster.DeactivateAsync(Catalog);
        var ended = await EntryAsync(specification);
        Assert.Equal((SweepStatus.Completed, 2, 0), (ended.Status, ended.Completed, ended.Failed));
        Assert.NotNull(ended.FinishedAt);
    }

    [Fact]
    public async Task Query_ByRunStatusAndText_CountsAndPages()
    {
        var run = Specifications.NewId();
        for (var i = 0; i < 4; i++)
        {
            await Catalog.PutAsync(new SweepEntry(
                $"{run}-s{i}", run, 7, Benchmarks.Knn, i == 0 ? SweepStatus.Cancelled : SweepStatus.Completed, DateTimeOffset.UnixEpoch.AddDays(i), null, 1, 1, 0, 0, null, "cy", 1));
        }

        var page = await Catalog.QueryAsync(new SweepQuery { Run = run, Statuses = [SweepStatus.Completed], Offset = 1, Limit = 1 });
        Assert.Equal((3, 3, 1), (page.Total, page.Counts[SweepStatus.Completed], page.Counts[SweepStatus.Cancelled]));
        Assert.Equal($"{run}-s2", Assert.Single(page.Entries).SweepId);
        Assert.Equal(4, (await Catalog.QueryAsync(new SweepQuery { Text = run.ToUpperInvariant() })).Total);
        Assert.Equal(0, (await Catalog.QueryAsync(new SweepQuery { Run = run[..^1] })).Total);
        Assert.Equal(ErrorCodes.InvalidArgument, (await Assert.ThrowsAsync<PoaException>(() => Catalog.QueryAsync(new SweepQuery { Limit = -1 }))).Code);
    }

    [Fact]
    public async Task Retry_SomeOfTheFailed_OnlyTheseAgain()
    {
        var (specification, sweep, work) = await StartedAsync("48x2", "48x4", "96x2");
        await work.ResultAsync("48x2");
        await work.FailAsync(retryable: false);
        var failed = (await sweep.UntilFinishedAsync())!;
        Assert.Equal([JobStatus.Completed, JobStatus.Failed, JobStatus.Failed], failed.Jobs.Select(job => job.Status));
        Assert.All(failed.Jobs, job => Assert.True(job.StartedAt <= job.FinishedAt && job.Shard == "local/cpu"));
        Assert.Equal(2, (await Wait.ForAsync(() => EntryAsync(specification), e => e.FinishedAt is not null, "its end is listed")).Failed);

        var e = await Assert.ThrowsAsync<PoaException>(() => sweep.RetryAsync(["96x2", "999x9"]));
        Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
        Assert.Contains("999x9", e.Message, StringComparison.Ordinal);

        await sweep.RetryAsync(["96x2", "48x2"]);
        Assert.Equal(SweepStatus.Running, (await EntryAsync(specification)).Status);
        var again = await fixture.Executor.BatchAsync(specification.SweepId, work.Lease.FencingToken);
        Assert.Equal(["96x2"], again.Evaluation.SubNetworks);
        await again.ResultAsync("96x2");
        await again.CompleteAsync();
        var done = (await sweep.UntilFinishedAsync())!;
        Assert.Equal([JobStatus.Completed, JobStatus.Failed, JobStatus.Completed], done.Jobs.Select(job => job.Status));
        Assert.Equal(2, done.Jobs[2].Attempts);
    }

    private async Task<(SweepSpecification Specification, IEvaluationSweepGrain Grain, FakeWork Work)> StartedAsync(params string[] subNetworks)
    {
        var run = (await Specifications.PausedRunAsync(fixture)).GetPrimaryKeyString();
        var specification = Specifications.Sweep(run, subNetworks) with { CreatedBy = "bea" };
        var sweep = fixture.Client.GetGrain<IEvaluationSweepGrain>(specification.SweepId);
        await sweep.StartAsync(specification);
        return (specification, sweep, await fixture.Executor.BatchAsync(specification.SweepId));
    }

    private async Task<SweepEntry> EntryAsync(SweepSpecification specification) =>
        Assert.Single((await Catalog.QueryAsync(new SweepQuery { Text = specification.SweepId })).Entries);

    private async Task<(SweepStatus, int, int, string)> StandingAsync(SweepSpecification specification)
    {
        var entry = await EntryAsync(specification);
        return (entry.Status, entry.Total, entry.Completed, entry.CreatedBy);
    }
}
