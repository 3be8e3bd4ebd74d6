using System.Net;
using Npgsql;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Database;
using Poa.Actors.Tests;
using Poa.Testing;

namespace Poa.Actors.Silo.Tests.Cluster;

/// <summary>Silos that form a cluster through PostgreSQL: who is where, what survives, what clients see.</summary>
public sealed class ClusterHostTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly string[] ControlGrains = ["training-run", "scheduler", "run-catalog"];
    private SmallCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await SmallCluster.CreateAsync(server);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Run_OnTwoControlSilosAndTwoWorkers_GrainsOnControlAndShardsOnTheirWorkers()
    {
        var (executor, other) = (new FakeExecutor(), new FakeExecutor());
        var silos = new Dictionary<string, ClusterHost>
        {
            ["worker-1"] = await _cluster.WorkerAsync("worker-1", executor),
            ["control-1"] = await _cluster.ControlAsync("control-1"),
            ["control-2"] = await _cluster.ControlAsync("control-2"),
            ["worker-2"] = await _cluster.WorkerAsync("worker-2", other),
        };
        await using var client = await PoaClient.ConnectAsync(_cluster.Address);
        var shards = await Wait.ForAsync(() => client.Workers.ListAsync(), s => s.Count == 2, "both workers are listed");
        Assert.Equal(["worker-1/cpu", "worker-2/cpu"], shards.Select(shard => shard.Shard));

        var runs = Enumerable.Range(0, 8).Select(i => $"run-{i}").ToList();
        foreach (var id in runs)
        {
            await CreateAsync(client, id);
        }

        Assert.Equal(runs.Count, (await client.Runs.ListAsync()).Count);
        var places = await client.Cluster.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var control = silos.Where(silo => silo.Key.StartsWith("control", StringComparison.Ordinal)).Select(silo => silo.Value.Silo).ToHashSet();
        var kept = places.Where(place => ControlGrains.Contains(place.GrainId.Type.ToString())).ToList();
        Assert.True(kept.Count >= runs.Count + 2, $"Only {kept.Count} grains of interest are active.");
        Assert.All(kept, place => Assert.Contains(place.SiloAddress.Endpoint, control));
        var devices = places.Where(place => place.GrainId.Type.ToString() == "worker-shard").ToDictionary(place => place.GrainId.Key.ToString()!, place => place.SiloAddress.Endpoint);
        Assert.Equal((silos["worker-1"].Silo, silos["worker-2"].Silo), (devices["worker-1/cpu"], devices["worker-2/cpu"]));
        Assert.Null(silos["worker-1"].Gateway);

        // Work arrives on both workers.
        await Task.WhenAll(executor.NextAsync("work on worker-1", _ => true), other.NextAsync("work on worker-2", _ => true));
    }

    [Fact]
    public async Task Cluster_AllSilosStoppedAndOthersStarted_RunReminderAndCheckpointsThere()
    {
        var executor = new FakeExecutor();
        var control = await _cluster.ControlAsync("control-1");
        var worker = await _cluster.WorkerAsync("worker-1", executor);
        await using (var client = await PoaClient.ConnectAsync(_cluster.Address))
        {
            await CreateAsync(client, "run-1");
            var work = await executor.TrainingAsync("run-1");
            await work.CheckpointAsync(0);
            await work.CheckpointAsync(10);
            Assert.Equal(1, await CountAsync("SELECT COUNT(*)::INTEGER FROM OrleansRemindersTable;"));
            Assert.Equal(1, await CountAsync("SELECT COUNT(*)::INTEGER FROM OrleansStorage WHERE GrainIdExtensionString = 'run-1' AND convert_from(PayloadBinary, 'UTF8')::jsonb -> 'Specification' ->> 'RunId' = 'run-1';"));
            var leaving = worker.StopAsync();
            Assert.Equal(StopReason.Shutdown, await work.StopRequestedAsync());
            await work.CheckpointAsync(17);
            await work.StopAsAskedAsync(StopReason.Shutdown);
            await leaving.WaitAsync(Wait.Limit);
        }

        await control.StopAsync().WaitAsync(Wait.Limit);
        executor = new FakeExecutor();
        await _cluster.ControlAsync("control-9");
        await _cluster.WorkerAsync("worker-1", executor);
        await using (var client = await PoaClient.ConnectAsync(_cluster.Address))
        {
            // Nobody asks the run to go on.
            var work = await executor.TrainingAsync("run-1");
            Assert.Equal([0L, 10L, 17L], (await client.Runs.GetAsync("run-1")).Checkpoints.Select(checkpoint => checkpoint.Iteration));
            await work.CompleteAsync();
            Assert.Equal(RunStatus.Completed, (await client.Runs.WaitAsync("run-1")).Status);
            await Wait.ForAsync(() => CountAsync("SELECT COUNT(*)::INTEGER FROM OrleansRemindersTable;"), n => n == 0, "the reminder is gone");
        }
    }

    [Fact]
    public async Task Client_ItsSiloGoesWithoutAWord_CallsAreAnsweredByAnother()
    {
        await _cluster.ControlAsync("control-1");
        await using var client = await PoaClient.ConnectAsync(_cluster.Address);
        await CreateAsync(client, "run-1");
        var second = await _cluster.ControlAsync("control-2");
        await CreateAsync(client, "run-2");
        await second.StopAsync(new CancellationToken(canceled: true));
        Assert.Equal(["run-1", "run-2"], (await client.Runs.ListAsync()).Select(run => run.RunId).Order());
        await client.Runs.CancelAsync("run-2");
        await client.Runs.CancelAsync("run-1");
    }

    [Fact]
    public async Task Health_OfASilo_ReadyWhileItIsAMember()
    {
        var host = await _cluster.StartAsync(_cluster.Options("control-1", SiloRole.Control) with { HealthPort = 0 });
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.HealthPort}") };
        Assert.Equal((HttpStatusCode.OK, "live"), await GetAsync(http, "/health/live"));
        Assert.Equal((HttpStatusCode.OK, "active"), await GetAsync(http, "/health/ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(http, "/")).Status);

        var second = await Assert.ThrowsAsync<PoaException>(() => _cluster.StartAsync(_cluster.Options("control-2", SiloRole.Control) with { HealthPort = host.HealthPort }));
        Assert.Equal(ErrorCodes.PortInUse, second.Code);
    }

    [Fact]
    public async Task Health_OfAWorkerThatDrains_NotReadyYetAlive()
    {
        var executor = new FakeExecutor();
        await _cluster.ControlAsync("control-1");
        var worker = await _cluster.StartAsync(_cluster.Options("worker-1", SiloRole.Worker, executor) with { HealthPort = 0 });
        await using var client = await PoaClient.ConnectAsync(_cluster.Address);
        await CreateAsync(client, "run-1");
        var work = await executor.TrainingAsync("run-1");
        var stopping = worker.StopAsync();
        await work.StopRequestedAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{worker.HealthPort}") };
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "draining"), await GetAsync(http, "/health/ready"));
        Assert.Equal((HttpStatusCode.OK, "live"), await GetAsync(http, "/health/live"));
        await work.StopAsAskedAsync(StopReason.Shutdown);
        await stopping.WaitAsync(Wait.Limit);
    }

    [Fact]
    public async Task Start_SameWorkerTwiceOnOneMachine_SecondRefused()
    {
        await _cluster.ControlAsync("control-1");
        await _cluster.WorkerAsync("worker-1", new FakeExecutor());
        var e = await Assert.ThrowsAsync<PoaException>(() => _cluster.WorkerAsync("worker-1", new FakeExecutor()));
        Assert.Equal(ErrorCodes.HomeInUse, e.Code);
    }

    [Fact]
    public async Task Start_WorkerThatOthersReachWithoutASecret_Refused()
    {
        var e = await Assert.ThrowsAsync<PoaException>(() => _cluster.StartAsync(
            _cluster.Options("worker-1", SiloRole.Worker, new FakeExecutor()) with { AdvertisedAddress = "192.0.2.1" }));
        Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
        Assert.Contains("POA_EXCHANGE_SECRET", e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoTables_SaysWhatToRun()
    {
        var empty = ClusterAddress.Parse(await server.NewDatabaseAsync());
        var silo = await Assert.ThrowsAsync<PoaException>(() => _cluster.StartAsync(_cluster.Options("control-1", SiloRole.Control) with { Cluster = empty }));
        var client = await Assert.ThrowsAsync<PoaException>(() => PoaClient.ConnectAsync(empty));
        Assert.All([silo, client], e => Assert.Contains("poa db init", e.Remedy, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connect_NoSiloThere_SaysSo()
    {
        var e = await Assert.ThrowsAsync<PoaException>(() => PoaClient.ConnectAsync(_cluster.Address, TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.Equal((ErrorCodes.HostUnreachable, true), (e.Code, e.Error.Retryable));
        Assert.Contains("poa silo", e.Remedy, StringComparison.Ordinal);
    }

    private static async Task CreateAsync(PoaClient client, string id)
    {
        var run = client.Cluster.GetGrain<ITrainingRunGrain>(id);
        await run.CreateAsync(new RunSpecification { RunId = id, ConfigurationYaml = "student:\n  arch: vit\n", Data = "demo" });
        await run.StartAsync();
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<int> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_cluster.Address.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
