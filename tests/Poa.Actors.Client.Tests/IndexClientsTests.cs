using Poa.Actors.Abstractions;
using Poa.Actors.Tests;
using Poa.Elastic;

namespace Poa.Actors.Client.Tests;

/// <summary>Lists, workers and the audit log as a client sees them.</summary>
[Collection(OneDevice.Name)]
public sealed class IndexClientsTests(ClusterFixture fixture) : IAsyncDisposable
{
    private readonly PoaClient _client = new(fixture.Client);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task CreatedBy_OfRunAndSweep_ListedAsGivenOrAsTheUserOfTheProcess()
    {
        var run = (await _client.Runs.StartAsync(PoaConfiguration.Load([]), "demo?split=train", createdBy: "ann")).Specification.RunId;
        var work = await fixture.Executor.TrainingAsync(run);
        await work.CheckpointAsync(0);
        await work.CompleteAsync();
        var page = await _client.Runs.QueryAsync(new CatalogQuery { Text = run });
        Assert.Equal((1, 1, "ann"), (page.Total, page.Counts.Values.Sum(), page.Entries[0].CreatedBy));

        var sweep = (await _client.Sweeps.StartAsync(run, new EvaluationData("demo", "demo"), Benchmarks.PixelKnn)).Specification.SweepId;
        var batch = await fixture.Executor.BatchAsync(sweep);
        await batch.FailAsync(retryable: false);
        await _client.Sweeps.WaitAsync(sweep);
        var entry = Assert.Single((await _client.Sweeps.QueryAsync(new SweepQuery { Run = run })).Entries);
        Assert.Equal((sweep, Environment.UserName), (entry.SweepId, entry.CreatedBy));

        await _client.Sweeps.RetryAsync(sweep, [Benchmarks.Pixels]);
        batch = await fixture.Executor.BatchAsync(sweep, batch.Lease.FencingToken);
        await batch.ResultAsync(Benchmarks.Pixels);
        await batch.CompleteAsync();
        Assert.Equal(SweepStatus.Completed, (await _client.Sweeps.WaitAsync(sweep)).Status);
    }

    [Fact]
    public async Task Workers_DrainAndResume_ListedAccordingly()
    {
        var shards = await Wait.ForAsync(() => _client.Workers.ListAsync(), list => list.Count > 0, "the worker is registered");
        var shard = shards[0].Shard;
        Assert.True((await _client.Workers.DrainAsync(shard)).IsDrainedByOperator);
        Assert.True(Assert.Single(await _client.Workers.ListAsync()).IsDraining);
        Assert.False((await _client.Workers.ResumeAsync(shard)).IsDraining);
        Assert.Equal(ErrorCodes.InvalidArgument, (await Assert.ThrowsAsync<PoaException>(() => _client.Workers.DrainAsync("nonsense"))).Code);
    }

    [Fact]
    public async Task Audit_Appended_FoundAgain()
    {
        var target = Specifications.NewId("target");
        var stored = await _client.Audit.AppendAsync(new AuditEntry { User = "ann", Role = "admin", Command = "run.cancel", Target = target });
        Assert.Equal(stored, Assert.Single((await _client.Audit.QueryAsync(new AuditQuery { Text = target })).Entries));
    }
}
