using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Catalog;

/// <summary>A data base that the first version left behind.</summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    private const string Run = "old-run";
    private const string Sweep = "old-sweep";

    private const string CatalogJson = """
        {"Runs":{
          "old-run":{"RunId":"old-run","Name":"before","Status":"Failed","CreatedAt":"2026-11-20T10:00:00+00:00","Data":"demo?split=train","CreatedBy":"ann","Labels":{"team":"x"},"Version":7},
          "gone-run":{"RunId":"gone-run","Name":"","Status":"Created","CreatedAt":"2026-11-19T10:00:00+00:00","Data":"demo","CreatedBy":"ann","Labels":{},"Version":1}}}
        """;

    private const string RunJson = """
        {"Specification":{"RunId":"old-run","Name":"before","ConfigurationYaml":"student:\n  arch: vit\n","Data":"demo?split=train","CreatedBy":"ann","Labels":{"team":"x"},"Priority":0},
         "Status":"Failed","CreatedAt":"2026-11-20T10:00:00+00:00","StartedAt":"2026-11-20T10:00:05+00:00","FinishedAt":"2026-11-20T11:00:00+00:00",
         "Progress":{"Done":10,"Total":40,"Unit":"iterations","Phase":"training","Loss":"NaN","LearningRate":0.001,"ImagesPerSecond":42.5,"SkippedImages":0},
         "Checkpoints":[{"Iteration":0,"ManifestSha256":"aa","Size":1000,"Time":"2026-11-20T10:00:06+00:00","IsFinal":false},{"Iteration":10,"ManifestSha256":"bb","Size":1000,"Time":"2026-11-20T10:30:00+00:00","Loss":2.5,"IsFinal":false}],
         "Log":{"Last":1,"Events":[{"Sequence":1,"Time":"2026-11-20T10:00:00+00:00","Level":"Information","Message":"Created."}]},
         "Error":{"Code":"test-fault","Message":"It broke.","Remedy":"Mend it.","Retryable":false},
         "Lease":{"FencingToken":1,"Phase":"Ended","Shard":"old/cpu"},"Attempts":1,"Failures":0,"Sweeps":["old-sweep","never-stored"],"Extractions":[],"Pins":{},"Version":7}
        """;

    private const string SweepJson = """
        {"Specification":{"SweepId":"old-sweep","Run":"old-run","Iteration":10,"Benchmark":"knn","Data":{"Train":"demo?split=train","Test":"demo?split=test"},"SubNetworks":["48x2","48x4"],"Options":{},"Recompute":false,"Priority":0,"BatchSize":64},
         "ConfigurationYaml":"student:\n  arch: vit\n","Status":"CompletedWithFailures","IsCancelling":false,"CreatedAt":"2026-11-20T12:00:00+00:00","FinishedAt":"2026-11-20T12:05:00+00:00",
         "Jobs":[{"SubNetwork":"48x2","Status":"Completed","IsClaimed":true,"RetryFailed":false,"IsReused":false,"Attempts":1,"Failures":0,"WorkerLosses":0},
                 {"SubNetwork":"48x4","Status":"Failed","IsClaimed":true,"RetryFailed":false,"IsReused":false,"Attempts":3,"Failures":3,"WorkerLosses":0,"Error":{"Code":"test-fault","Message":"It broke.","Remedy":"Mend it.","Retryable":true}}],
         "Batches":[],"LastBatch":3,"Passes":3,"Log":{"Last":0,"Events":[]},"Version":9}
        """;

    private const string SchedulerJson = """
        {"LastToken":41,"Work":[{"WorkId":"train/gone-run/0","Work":{"kind":"train","ConfigurationYaml":"","Data":"demo","Shard":0,"ShardCount":1,"Run":"gone-run"},"Owner":{"Kind":"TrainingRun","Key":"gone-run"},"Priority":0,"NotBefore":"2026-11-20T10:00:00+00:00","Attempt":1,"Lease":{"FencingToken":41,"Shard":"old/cpu","Incarnation":"life"},"Again":false}],"Served":{"gone-run":41}}
        """;

    private const string EvaluationJson = """
        {"Status":"Completed","Sweep":"old-sweep","FinishedAt":"2026-11-20T12:04:00+00:00","Computations":1,
         "Result":{"SubNetwork":"48x2","Benchmark":"coco","Metrics":{"box AP":12.5},"Headline":"box AP","Protocol":{"steps":"6"},"Parameters":1000,"MultiplyAccumulates":2000,"Elapsed":"00:01:00","Details":{}}}
        """;

    private static readonly EvaluationKey Evaluation = new(Run, 10, "48x2", Benchmarks.Coco, "0123456789abcdef");

    private readonly SharedStorage _storage = new();
    private readonly Orleans.TestingHost.InProcessTestCluster _cluster;

    public UpgradeTests() => _cluster = ClusterFixture.Build(1, _ => new FakeExecutor(), _ => "local", _storage);

    private static GrainId CatalogId => GrainId.Create(GrainType.Create("run-catalog"), GrainIdKeyExtensions.CreateIntegerKey(0));

    public async ValueTask InitializeAsync()
    {
        _storage.Seed("catalog", CatalogId, CatalogJson);
        _storage.Seed("run", GrainId.Create("training-run", Run), RunJson);
        _storage.Seed("evaluation", GrainId.Create("evaluation-job", Evaluation.ToString()), EvaluationJson);
        _storage.Seed("sweep", GrainId.Create("evaluation-sweep", Sweep), SweepJson);
        _storage.Seed("scheduler", GrainId.Create(GrainType.Create("scheduler"), GrainIdKeyExtensions.CreateIntegerKey(0)), SchedulerJson);
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Catalog_OfTheFirstVersion_ListedAtOnceThenFilledFromTheRuns()
    {
        var catalog = _cluster.Client.GetGrain<IRunCatalogGrain>(0);
        Assert.Equal(["old-run", "gone-run"], (await catalog.ListAsync(new CatalogQuery())).Select(entry => entry.RunId));
        await Wait.ForAsync(() => Task.FromResult(_storage.Holds("catalog", CatalogId)), there => !there, "the old document is taken over");
        await _cluster.DeactivateAsync(catalog);

        var entry = (await catalog.ListAsync(new CatalogQuery { Text = Run })).Single();
        Assert.Equal((2, 10L, "test-fault"), (entry.CheckpointCount, entry.Progress!.Done, entry.Error!.Code));
        Assert.Equal((42.5, true), (entry.Progress.ImagesPerSecond, double.IsNaN(entry.Progress.Loss!.Value)));
        Assert.Empty(entry.LossTrend);
        Assert.NotNull(entry.StartedAt);
        Assert.Equal(2, (await catalog.QueryAsync(new CatalogQuery())).Total);
    }

    [Fact]
    public async Task Sweeps_FromBeforeTheIndex_AreFoundAndCanBeRetried()
    {
        var page = await _cluster.Client.GetGrain<ISweepCatalogGrain>(0).QueryAsync(new SweepQuery());
        var entry = Assert.Single(page.Entries);
        Assert.Equal((Sweep, Run, 2, 1, 1, ""), (entry.SweepId, entry.Run, entry.Total, entry.Completed, entry.Failed, entry.CreatedBy));
        var job = (await _cluster.Client.GetGrain<IEvaluationSweepGrain>(Sweep).FindAsync())!.Jobs[1];
        Assert.Equal((JobStatus.Failed, null, null), (job.Status, job.StartedAt, job.Shard));
    }

    [Fact]
    public async Task Result_FromBeforePictures_HasNoneAndOneWithThemTakesItsPlace()
    {
        var job = _cluster.Client.GetGrain<IEvaluationJobGrain>(Evaluation.ToString());
        var old = (await job.GetAsync()).Result!;
        Assert.Equal(("48x2", 12.5, TimeSpan.FromMinutes(1)), (old.SubNetwork, old.HeadlineValue, old.Elapsed));
        Assert.Empty(old.Pictures);

        var picture = new EvaluationPicture("sweep-2.01.0123456789ab.jpg", "1.png: 2 true objects", 1234, new string('a', 64), 640, 480);
        Assert.Equal(ClaimOutcome.Compute, (await job.ClaimAsync(new JobClaim("sweep-2", Recompute: true, RetryFailed: false))).Outcome);
        Assert.True(await job.RecordAsync("sweep-2", old with { Pictures = [picture] }));
        await _cluster.DeactivateAsync(job);

        Assert.Equal([picture], (await job.GetAsync()).Result!.Pictures);
    }

    [Fact]
    public async Task SchedulerState_OfTheFirstVersion_Loads()
    {
        var scheduler = _cluster.Client.GetGrain<ISchedulerGrain>(0);
        // The lease's shard never reports: it is lost in time, and its owner does not want the work any more.
        await Wait.ForAsync(() => scheduler.GetSnapshotAsync(), s => s.Work.IsEmpty, "the old lease is lost");
        await Wait.ForAsync(() => scheduler.GetSnapshotAsync(), s => s.Shards.Length == 1, "the new worker is registered");
    }
}
