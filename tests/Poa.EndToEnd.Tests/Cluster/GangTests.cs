using System.Diagnostics;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.EndToEnd.Tests.Processes;
using Poa.Storage;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Cluster;

/// <summary>Two worker processes that train one run together, and one of them killed.</summary>
[Collection(WholeMachine.Name)]
public sealed class GangTests(PostgresServer postgres, AzuriteServer azurite)
{
    private const string Calm = "calm";
    private const int Steps = 120;

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Worker_OneOfTwoKilled_TheOtherGoesOnAloneToTheSameBits()
    {
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        await cluster.InitAsync();
        await cluster.SiloAsync("control-1");
        var workers = await Task.WhenAll(cluster.SiloAsync("worker-1"), cluster.SiloAsync("worker-2"));
        await using var client = await cluster.ConnectAsync();
        await cluster.RunAsync(Arguments(Calm));

        await cluster.RunAsync([.. Arguments(TinyRun.Id), "--detach"]);
        await Until.TrueAsync("steps by both", async () => await DoneAsync(client, workers: 2) > 12, every: Often);
        await workers[1].KillAsync();
        var clock = Stopwatch.StartNew();
        var before = -1L; // what is known of the run until the remaining worker tells more
        await Until.TrueAsync("a remaining worker", async () => (before = await DoneAsync(client, workers: 1)) >= 0, every: Often);
        await Until.TrueAsync("steps by one", async () => await DoneAsync(client, workers: 1) is > 0 and var done && done != before, every: Often);
        TestContext.Current.TestOutputHelper!.WriteLine($"{clock.Elapsed.TotalSeconds:F1} s from the kill of a worker to training again");

        var run = await client.Runs.WaitAsync(TinyRun.Id);

        Assert.Equal(RunStatus.Completed, run.Status);
        var blobs = BlobStoreFactory.Open(cluster.Environment["POA_BLOB_STORE"], name => cluster.Environment.GetValueOrDefault(name));
        var expected = await StepSeries.ReadAsync(blobs, Calm);
        Assert.Equal(Steps, expected.Count);
        Assert.Equal(expected, await StepSeries.ReadAsync(blobs, TinyRun.Id));
        Assert.Equal(await TeacherAsync(blobs, Calm), await TeacherAsync(blobs, TinyRun.Id));
    }

    private static string[] Arguments(string run) =>
    [
        .. TinyRun.Arguments.Select(argument => argument == TinyRun.Id ? run : argument),
        $"train.OFFICIAL_EPOCH_LENGTH={Steps}", "train.virtual_shards=2", "--shards", "2", "--min-shards", "1",
    ];

    /// <summary>Steps done, as so many workers have told; -1 if others are at it, or none.</summary>
    private static async Task<long> DoneAsync(PoaClient client, int workers)
    {
        var run = await client.Runs.GetAsync(TinyRun.Id);
        Assert.True(run.Status.IsActive(), $"The run was over before it could be disturbed: {run.Error}");
        return run.Shards.Length == workers && run.Progress is { Phase: "training" } progress ? progress.Done : -1;
    }

    private static async Task<string?> TeacherAsync(IBlobStore blobs, string run) =>
        (await blobs.FindAsync($"runs/{run}/checkpoints/{Steps:D10}/teacher.safetensors"))!.Sha256;
}
