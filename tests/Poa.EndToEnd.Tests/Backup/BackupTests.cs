using System.Text.Json;
using Poa.EndToEnd.Tests.Cluster;
using Poa.EndToEnd.Tests.Processes;
using Poa.Storage;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Backups;

/// <summary><c>poa backup</c> and <c>poa restore</c> as processes: everything wiped, and back again.</summary>
public sealed class BackupTests(PostgresServer postgres, AzuriteServer azurite)
{
    [Fact]
    public async Task Folder_BackedUpWipedAndRestored_RunCheckpointsAndResultsAreEqual()
    {
        using var home = new TemporaryHome();
        using var kept = new TemporaryHome();
        await SucceedAsync(home, [.. TinyRun.Arguments, "train.OFFICIAL_EPOCH_LENGTH=20"]);
        await SucceedAsync(home, "evaluate", TinyRun.Id, "--subnetworks", "48x2");
        var before = await RecordAsync(command => SucceedAsync(home, command));
        var weights = new HomeInspector(home).Teacher(TinyRun.Id, 20);

        var backup = kept.PathOf("backup");
        Assert.StartsWith("backed up: ", await SucceedAsync(home, "backup", "--to", backup), StringComparison.Ordinal);
        Directory.Delete(home.Folder, recursive: true);
        await SucceedAsync(home, "restore", "--from", backup);

        Assert.Equal(before, await RecordAsync(command => SucceedAsync(home, command)));
        Assert.Equal(weights, new HomeInspector(home).Teacher(TinyRun.Id, 20));
        var again = await PoaProcess.RunAsync(home, "restore", "--from", backup);
        Assert.True(again.ExitCode == 2 && again.Error.Contains("--overwrite", StringComparison.Ordinal), again.ToString());
    }

    [Fact]
    public async Task Cluster_BackedUpWhileItRunsAndRestoredIntoAnEmptyOne_RunsCheckpointsAndResultsAreEqual()
    {
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        await cluster.InitAsync();
        await cluster.SiloAsync("control-1");
        await cluster.SiloAsync("worker-1");
        await cluster.RunAsync([.. TinyRun.Arguments, "train.OFFICIAL_EPOCH_LENGTH=20"]);
        await cluster.RunAsync("evaluate", TinyRun.Id, "--subnetworks", "48x2");
        await cluster.RunAsync("extract", TinyRun.Id, "48x2");
        var before = await RecordAsync(cluster.RunAsync);
        var blobs = await BlobsAsync(cluster);
        var backup = cluster.Home.PathOf("backup");
        using var summary = JsonDocument.Parse(await cluster.RunAsync("backup", "--to", backup, "--json"));
        Assert.Equal((blobs.Count, "postgresql"), (summary.RootElement.GetProperty("blobs").GetInt32(), summary.RootElement.GetProperty("database").GetString()));

        // Nothing of the first cluster is used from here on: another data base, another container.
        await using var empty = await ProcessCluster.CreateAsync(postgres, azurite);
        await empty.RunAsync("restore", "--from", backup);
        Assert.Equal(blobs, await BlobsAsync(empty));
        await empty.SiloAsync("control-2");
        await empty.SiloAsync("worker-2");
        Assert.Equal(before, await RecordAsync(empty.RunAsync));
        await empty.RunAsync("download", TinyRun.Id, "48x2", "-o", empty.Home.PathOf("delivered"));
        await empty.RunAsync("evaluate", TinyRun.Id, "--subnetworks", "48x3"); // the checkpoint can be worked on

        await using var refused = PoaProcess.Start(empty.Home.Folder, empty.Environment, "restore", "--from", backup, "--overwrite");
        var result = await refused.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(result.ExitCode != 0 && result.Error.Contains("control-2", StringComparison.Ordinal), result.ToString());
    }

    /// <summary>What commands say of runs, checkpoints and results.</summary>
    private static async Task<IReadOnlyList<string>> RecordAsync(Func<string[], Task<string>> run) =>
        [await run(["runs", "--json"]), await run(["checkpoints", TinyRun.Id, "--json"]), await run(["results", TinyRun.Id, "--json"])];

    private static async Task<IReadOnlyList<string>> BlobsAsync(ProcessCluster cluster)
    {
        var found = new List<string>();
        await foreach (var blob in BlobStoreFactory.Open(cluster.Environment["POA_BLOB_STORE"], name => cluster.Environment.GetValueOrDefault(name)).ListAsync(""))
        {
            found.Add($"{blob.Name} {blob.Size} {blob.Sha256}");
        }

        return found;
    }

    private static async Task<string> SucceedAsync(TemporaryHome home, params string[] arguments)
    {
        var result = await PoaProcess.RunAsync(home, arguments);
        Assert.True(result.ExitCode == 0, $"poa {string.Join(' ', arguments)}: {result}");
        return result.Output;
    }
}
