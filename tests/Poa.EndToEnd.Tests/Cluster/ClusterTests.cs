using System.Net;
using System.Security.Cryptography;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;
using Poa.EndToEnd.Tests.Processes;
using Poa.Storage;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Cluster;

/// <summary>A control silo, a worker, commands and a dashboard, each a process of its own, over PostgreSQL and Azurite.</summary>
public sealed class ClusterTests(PostgresServer postgres, AzuriteServer azurite)
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Run_OnOneControlSiloAndOneWorker_TrainedEvaluatedAndDelivered()
    {
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        Assert.Contains("applied: 004-membership.sql", (await cluster.InitAsync()).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("applied:", (await cluster.InitAsync()).Output, StringComparison.Ordinal);
        var control = await cluster.SiloAsync("control-1");
        var worker = await cluster.SiloAsync("worker-1");

        Assert.Contains("completed", await cluster.RunAsync([.. TinyRun.Arguments, "train.OFFICIAL_EPOCH_LENGTH=20"]), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("worker-1/cpu", await cluster.RunAsync("workers"), StringComparison.Ordinal);
        await cluster.RunAsync("evaluate", TinyRun.Id, "--subnetworks", "48x2");
        Assert.Contains("48x2", await cluster.RunAsync("results", TinyRun.Id, "--json"), StringComparison.Ordinal);
        await cluster.RunAsync("extract", TinyRun.Id, "48x2");
        await cluster.RunAsync("download", TinyRun.Id, "48x2", "-o", cluster.Home.PathOf("delivered"));

        // What arrives is what lies in Azurite.
        await using var client = await cluster.ConnectAsync();
        Assert.Equal(cluster.Environment["POA_BLOB_STORE"], (await client.InfoAsync()).BlobStore);
        var store = BlobStoreFactory.Open(cluster.Environment["POA_BLOB_STORE"], name => cluster.Environment.GetValueOrDefault(name));
        var file = await File.ReadAllBytesAsync(cluster.Home.PathOf("delivered", "model.safetensors"));
        var blob = await store.FindAsync($"runs/{TinyRun.Id}/subnetworks/0000000020/48x2/model.safetensors");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), blob!.Sha256);

        // A control silo never loads the tensor library; the same look finds it in the worker.
        Assert.False(HasTensorLibrary(control), "The control silo has loaded libtorch.");
        Assert.True(HasTensorLibrary(worker), "The worker has not loaded libtorch.");

        await DashboardAsync(cluster);
    }

    [Fact]
    public async Task Worker_ToldToStopMidRun_WritesACheckpointLeavesAndAnotherGoesOn()
    {
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        await cluster.InitAsync();
        await cluster.SiloAsync("control-1");
        var worker = await cluster.SiloAsync("worker-1");
        // Checkpoints at the begin and the end only: what there is in between was written for the stop.
        await cluster.RunAsync([.. TinyRun.Arguments, "checkpoint.period_iterations=10000", "train.OFFICIAL_EPOCH_LENGTH=400", "--detach"]);
        await using var client = await cluster.ConnectAsync();
        await Until.TrueAsync("the tenth step", async () => (await client.Runs.GetAsync(TinyRun.Id)).Progress?.Done >= 10, every: Often);

        worker.Terminate();
        var left = await worker.WaitAsync(StopLimit);
        Assert.True(left.ExitCode == 0, left.ToString());
        var stopped = await client.Runs.GetAsync(TinyRun.Id);
        Assert.InRange(stopped.LatestCheckpoint!.Iteration, 10, 399);

        await cluster.SiloAsync("worker-2");
        await Until.TrueAsync(
            "steps of the second worker", async () => (await client.Runs.GetAsync(TinyRun.Id)).Progress?.Done > stopped.LatestCheckpoint.Iteration, every: Often);
        await client.Runs.CancelAsync(TinyRun.Id);
        Assert.Equal(RunStatus.Cancelled, (await client.Runs.WaitAsync(TinyRun.Id)).Status);
    }

    private static bool HasTensorLibrary(PoaProcess process) =>
        File.ReadLines($"/proc/{process.Id}/maps").Any(line => line.Contains("libtorch", StringComparison.OrdinalIgnoreCase));

    private static async Task DashboardAsync(ProcessCluster cluster)
    {
        const string announced = "dashboard: ";
        var accounts = new AccountStore(cluster.Home.Folder);
        await accounts.AddAsync("robot", null, Role.Viewer);
        var key = await accounts.CreateKeyAsync("robot", null);
        var dashboard = cluster.Service("dashboard");
        await dashboard.WaitForTextAsync(announced, TimeSpan.FromSeconds(90));
        var address = dashboard.Output.Split('\n').Single(line => line.StartsWith(announced, StringComparison.Ordinal))[announced.Length..].Trim();
        using var http = new HttpClient { BaseAddress = new UriBuilder(address) { Host = "127.0.0.1" }.Uri };
        http.DefaultRequestHeaders.Add("X-Api-Key", key.Secret);
        using var answer = await http.GetAsync(new Uri("api/v1/runs", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains($"\"{TinyRun.Id}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        dashboard.Terminate();
        Assert.Equal(0, (await dashboard.WaitAsync(StopLimit)).ExitCode);
    }
}
