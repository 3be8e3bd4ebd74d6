using System.Text.Json;
using Poa.Actors.Client;
using Poa.EndToEnd.Tests.Processes;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Cluster;

/// <summary><c>poa doctor --cluster</c> on a cluster of real processes that is well, and with one part after the other broken.</summary>
[Collection(WholeMachine.Name)]
public sealed class ClusterDoctorTests(PostgresServer postgres)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    [Fact]
    public async Task Doctor_OneSiloAfterTheOtherAndTheBlobStoreGone_NamesEach()
    {
        await using var azurite = new AzuriteServer();
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        var unmade = await ExamineAsync(cluster, expectedCode: 1);
        Assert.Equal(("database", "failed"), (unmade.Single().Name, unmade.Single().Status));
        Assert.Contains("poa db init", unmade.Single().Remedy, StringComparison.Ordinal);
        Assert.Contains("1 check failed.", (await RunAsync(cluster, "doctor", "--cluster")).Output, StringComparison.Ordinal);

        await cluster.InitAsync();
        var empty = await ExamineAsync(cluster, expectedCode: 1);
        Assert.Contains("poa silo", Only(empty, "membership", "failed").Remedy, StringComparison.Ordinal);
        Only(empty, "control", "failed");

        cluster.Set("POA_LEASE_TIMEOUT", "3");
        var control = await cluster.SiloAsync("control-1");
        var single = await ExamineAsync(cluster, expectedCode: 1);
        Assert.Contains("run two", Only(single, "silos", "warning").Remedy, StringComparison.Ordinal);
        Assert.Contains("--role worker", Only(single, "workers", "failed").Remedy, StringComparison.Ordinal);

        var worker = (await Task.WhenAll(cluster.SiloAsync("control-2"), cluster.SiloAsync("worker-1")))[1];
        await cluster.RunAsync([.. TinyRun.Arguments, "optim.epochs=1000", "--detach"]);
        // What the doctor is to see is awaited by a client: a program for each look would compute longer than the cluster takes to notice.
        await using var client = await cluster.ConnectAsync();
        Task SeenAsync(string what, Func<PoaClient, Task<bool>> condition) => Until.TrueAsync(what, () => condition(client), every: TimeSpan.FromMilliseconds(100));
        await SeenAsync("the run has a worker", IsTrainedAsync);
        await HealthyAsync(cluster);

        await worker.KillAsync();
        await SeenAsync("the worker is lost", async client => (await client.Workers.ListAsync()).All(shard => shard.IsLost));
        var lost = await ExamineAsync(cluster, expectedCode: 1);
        Assert.Contains("worker-1/cpu", Only(lost, "worker", "warning").Detail, StringComparison.Ordinal);
        Only(lost, "workers", "failed");
        Assert.Equal("ok", Only(lost, "blobs").Status);

        await cluster.SiloAsync("worker-1");
        await SeenAsync("the run has a worker again", IsTrainedAsync);
        await azurite.KillAsync();
        var blobs = await ExamineAsync(cluster, expectedCode: 1);
        Assert.Contains("container", Only(blobs, "blobs", "failed").Detail, StringComparison.Ordinal);
        Assert.All(blobs.Where(finding => finding.Name != "blobs"), finding => Assert.Equal("ok", finding.Status));

        await azurite.StartAsync();
        await control.KillAsync();
        // The other control silo notices and takes its grains; the membership then knows of one less.
        await SeenAsync("control-1 is known to be dead", async client => (await client.SilosAsync()).All(silo => silo.Name != "control-1"));
        await SeenAsync("the worker is known to the scheduler's new silo", IsTrainedAsync);
        var one = await ExamineAsync(cluster, expectedCode: 0);
        Assert.DoesNotContain("control-1", Only(one, "silos").Detail, StringComparison.Ordinal);
    }

    private static async Task<bool> IsTrainedAsync(PoaClient client) => (await client.QueueAsync()) is { } queue &&
        queue.Shards.All(shard => !shard.IsLost) && queue.Work.Any(work => work.Shard is not null);

    private static async Task HealthyAsync(ProcessCluster cluster)
    {
        var findings = await ExamineAsync(cluster, expectedCode: 0);
        Assert.All(findings, finding => Assert.True(finding.Status == "ok", $"{finding}"));
        Assert.Equal(
            ["blobs", "clock", "control", "database", "gateway", "gateway", "membership", "queue", "reminders", "silos", "worker"], findings.Select(finding => finding.Name).Order());
        Assert.Contains("schema version", Only(findings, "database").Detail, StringComparison.Ordinal);
        Assert.Contains("Control: control-1, control-2; Worker: worker-1", Only(findings, "silos").Detail, StringComparison.Ordinal);
        Assert.Contains("train/tiny/0", Only(findings, "worker").Detail, StringComparison.Ordinal);
        Assert.Contains("1 leased, 0 waiting", Only(findings, "queue").Detail, StringComparison.Ordinal);
        Assert.Contains("the next one due in", Only(findings, "reminders").Detail, StringComparison.Ordinal);

        var text = await RunAsync(cluster, "doctor", "--cluster");
        Assert.Contains("The cluster is well.", text.Output, StringComparison.Ordinal);
    }

    private static Finding Only(IReadOnlyList<Finding> findings, string name, string? status = null) =>
        Assert.Single(findings, finding => finding.Name == name && (status is null || finding.Status == status));

    private static async Task<IReadOnlyList<Finding>> ExamineAsync(ProcessCluster cluster, int expectedCode)
    {
        var result = await RunAsync(cluster, "doctor", "--cluster", "--json");
        var findings = JsonSerializer.Deserialize<Finding[]>(result.Output, JsonSerializerOptions.Web)!;
        Assert.True(result.ExitCode == expectedCode, string.Join('\n', findings.AsEnumerable()));
        return findings;
    }

    private static async Task<PoaResult> RunAsync(ProcessCluster cluster, params string[] arguments)
    {
        await using var process = PoaProcess.Start(cluster.Home.Folder, cluster.Environment, arguments);
        return await process.WaitAsync(Limit);
    }

    private sealed record Finding(string Name, string Status, string Detail, string? Remedy);
}
