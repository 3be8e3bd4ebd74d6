using Microsoft.Data.Sqlite;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Tests;

namespace Poa.Actors.Silo.Tests;

/// <summary>What survives a host, on the real SQLite providers.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Abandoned_MidRun_ListedAndGoesOnUnderANewToken()
    {
        var executor = new FakeExecutor();
        var host = await _home.StartAsync(executor);
        var (run, work) = await StartedAsync(host, executor, "run-1");
        await work.CheckpointAsync(0);
        await work.CheckpointAsync(10);
        await TemporaryHome.AbandonAsync(host);

        executor = new FakeExecutor();
        host = await _home.StartAsync(executor);
        await using var client = new PoaClient(host.Cluster);
        Assert.Equal("run-1", Assert.Single(await client.Runs.ListAsync()).RunId);
        var again = await executor.TrainingAsync("run-1");
        Assert.True(again.Lease.FencingToken > work.Lease.FencingToken);
        Assert.Equal(2, again.Lease.Attempt);
        var snapshot = await client.Runs.GetAsync("run-1");
        Assert.Equal([0L, 10L], snapshot.Checkpoints.Select(c => c.Iteration));
        await again.CompleteAsync();
        Assert.Equal(RunStatus.Completed, (await client.Runs.WaitAsync("run-1")).Status);
        await host.StopAsync();
    }

    [Fact]
    public async Task Abandoned_MidSweep_FinishedJobsKeptAndNotRepeated()
    {
        var executor = new FakeExecutor();
        var host = await _home.StartAsync(executor);
        await PausedAsync(host, executor, "run-1");
        var specification = Sweep("run-1", "48x2", "48x4");
        await host.Cluster.GetGrain<IEvaluationSweepGrain>(specification.SweepId).StartAsync(specification);
        var work = await executor.BatchAsync(specification.SweepId);
        await work.ResultAsync("48x4");
        await TemporaryHome.AbandonAsync(host);

        executor = new FakeExecutor();
        host = await _home.StartAsync(executor);
        work = await executor.BatchAsync(specification.SweepId);
        Assert.Equal(["48x2"], work.Evaluation.SubNetworks);
        await work.ResultAsync("48x2");
        await work.CompleteAsync();
        await using var client = new PoaClient(host.Cluster);
        Assert.Equal(SweepStatus.Completed, (await client.Sweeps.WaitAsync(specification.SweepId)).Status);
        Assert.Equal(["48x2", "48x4"], (await client.Results.GridAsync("run-1")).Select(row => row.SubNetwork));
        var job = await host.Cluster.GetGrain<IEvaluationJobGrain>(specification.JobOf("48x4").ToString()).GetAsync();
        Assert.Equal(1, job.Computations);
        await host.StopAsync();

        // A third life: all is there, nothing runs.
        executor = new FakeExecutor();
        host = await _home.StartAsync(executor);
        await using var third = new PoaClient(host.Cluster);
        Assert.Equal(2, (await third.Results.GridAsync("run-1")).Count);
        Assert.Empty((await third.QueueAsync()).Work);
        Assert.Empty(executor.Started);
        await host.StopAsync();
    }

    [Fact]
    public async Task Stop_InGoodOrder_WorkerAskedForACheckpointAndRunGoesOnLater()
    {
        var executor = new FakeExecutor();
        var host = await _home.StartAsync(executor);
        var (_, work) = await StartedAsync(host, executor, "run-1");
        var stopping = host.StopAsync();
        Assert.Equal(StopReason.Shutdown, await work.StopRequestedAsync());
        Assert.Equal(ReportVerdict.Accepted, await work.CheckpointAsync(42));
        Assert.Equal(ReportVerdict.Accepted, await work.StopAsAskedAsync(StopReason.Shutdown));
        await stopping.WaitAsync(Wait.Limit);
        Assert.False(File.Exists(HostFile.PathIn(_home.Path)));

        executor = new FakeExecutor();
        host = await _home.StartAsync(executor);
        var again = await executor.TrainingAsync("run-1");
        var snapshot = (await host.Cluster.GetGrain<ITrainingRunGrain>("run-1").FindAsync())!;
        Assert.Equal(42, snapshot.LatestCheckpoint!.Iteration);
        Assert.DoesNotContain(snapshot.Events, e => e.Level != NoteLevel.Information);
        await again.CompleteAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task Reminder_OfARun_StoredWhileActiveAndRemovedAtItsEnd()
    {
        var executor = new FakeExecutor();
        var host = await _home.StartAsync(executor);
        var (_, work) = await StartedAsync(host, executor, "run-1");
        Assert.Equal(1, Count("SELECT COUNT(*) FROM OrleansRemindersTable;"));
        await work.CompleteAsync();
        await Wait.ForAsync(() => Task.FromResult(Count("SELECT COUNT(*) FROM OrleansRemindersTable;")), n => n == 0, "the reminder is gone");
        await host.StopAsync();
    }

    [Fact]
    public async Task State_InTheDataBase_IsReadableJson()
    {
        var executor = new FakeExecutor();
        var host = await _home.StartAsync(executor);
        var (_, work) = await StartedAsync(host, executor, "run-1");
        await work.CompleteAsync();
        Assert.Equal(1, Count(
            "SELECT COUNT(*) FROM OrleansStorage WHERE GrainIdExtensionString = 'run-1' " +
            "AND json_extract(CAST(PayloadBinary AS TEXT), '$.Specification.RunId') = 'run-1' " +
            "AND json_extract(CAST(PayloadBinary AS TEXT), '$.Status') = 'Completed';"));
        await host.StopAsync();
    }

    private static async Task<(ITrainingRunGrain Run, FakeWork Work)> StartedAsync(EmbeddedHost host, FakeExecutor executor, string id)
    {
        var run = host.Cluster.GetGrain<ITrainingRunGrain>(id);
        await run.CreateAsync(new RunSpecification { RunId = id, ConfigurationYaml = "student:\n  arch: vit\n", Data = "demo" });
        await run.StartAsync();
        return (run, await executor.TrainingAsync(id));
    }

    private static async Task PausedAsync(EmbeddedHost host, FakeExecutor executor, string id)
    {
        var (run, work) = await StartedAsync(host, executor, id);
        await work.CheckpointAsync(0);
        await run.PauseAsync();
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
    }

    private static SweepSpecification Sweep(string run, params string[] subNetworks) => new()
    {
        SweepId = "sweep-1",
        Run = run,
        Iteration = 0,
        Benchmark = Benchmarks.Knn,
        Data = new EvaluationData("demo?split=train", "demo?split=test"),
        SubNetworks = [.. subNetworks],
    };

    private long Count(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_home.Path, "state.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
