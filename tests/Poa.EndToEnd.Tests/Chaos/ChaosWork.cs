using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Elastic;
using Poa.EndToEnd.Tests.Cluster;
using Poa.EndToEnd.Tests.Processes;
using Poa.Storage;
using Xunit;

namespace Poa.EndToEnd.Tests.Chaos;

/// <summary>What the cluster of the chaos test works on, and what is to have come of it.</summary>
internal static class ChaosWork
{
    /// <summary>The run that nothing happens to.</summary>
    public const string Calm = "calm";

    /// <summary>The same run amid the chaos.</summary>
    public const string Run = "tiny";

    public const string Sweep = "sweep-in-chaos";
    public const int Steps = 240;
    private const int Jobs = 30;
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    /// <summary>A network of 30 sub-networks that is small otherwise, so that steps take little of the time.</summary>
    private static readonly string[] Overrides =
    [
        "student.head_dim=8", "student.min_embed_dim=16", "student.max_embed_dim=56", "student.max_depth=6",
        "dino.head_n_prototypes=[16,32]", "dino.head_hidden_dim=32", "dino.head_bottleneck_dim=16",
        "ibot.head_n_prototypes=[16,32]", "ibot.head_hidden_dim=32", "ibot.head_bottleneck_dim=16",
        "optim.epochs=1", "optim.warmup_epochs=0", $"train.OFFICIAL_EPOCH_LENGTH={Steps}", "train.batch_size_per_gpu=8", "train.virtual_shards=2", "train.threads=1",
        "checkpoint.period_iterations=10", "checkpoint.keep_last=2",
    ];

    /// <summary>On two shards, or on one where there are no two.</summary>
    public static Task StartRunAsync(PoaClient client, string run) =>
        client.Runs.StartAsync(ConfigurationPresets.Load("demo-quick", Overrides), "demo?split=test", run, shards: 2, minimumShards: 1);

    /// <summary>Over the network of the undisturbed run, so that it can begin at once; one job at a time, so that there is something to disturb.</summary>
    public static async Task StartSweepAsync(PoaClient client)
    {
        var grid = (await client.Runs.ConfigurationAsync(Calm)).Grid();
        var specification = new SweepSpecification
        {
            SweepId = Sweep,
            Run = Calm,
            Iteration = Steps,
            Benchmark = Benchmarks.Knn,
            Data = new EvaluationData("demo?split=test", "demo?split=test"),
            SubNetworks = [.. grid.SubNetworks.Select(subNetwork => subNetwork.ToString())],
            BatchSize = 1,
        };
        Assert.Equal(Jobs, specification.SubNetworks.Length);
        await client.Cluster.GetGrain<IEvaluationSweepGrain>(Sweep).StartAsync(specification);
    }

    /// <summary>The run has come to the bits of the undisturbed one, and each job to one result.</summary>
    public static async Task AssertSameAsync(ProcessCluster cluster, PoaClient client)
    {
        var blobs = Open(cluster);
        var expected = await StepSeries.ReadAsync(blobs, Calm);
        Assert.Equal(Steps, expected.Count);
        Assert.Equal(expected, await StepSeries.ReadAsync(blobs, Run));
        Assert.Equal(await TeacherAsync(blobs, Calm), await TeacherAsync(blobs, Run));

        var specification = (await client.Sweeps.GetAsync(Sweep)).Specification;
        foreach (var name in specification.SubNetworks)
        {
            var job = await client.Cluster.GetGrain<IEvaluationJobGrain>(specification.JobOf(name).ToString()).GetAsync();
            Assert.Equal((name, JobStatus.Completed, 1), (job.Result?.SubNetwork, job.Status, job.Computations));
        }
    }

    /// <summary>No lease, no blob of something cut off, no temporary file; and all workers are there, ready for more.</summary>
    public static async Task AssertNothingLeftAsync(ProcessCluster cluster, PoaClient client, IReadOnlyCollection<string> workers)
    {
        await Until.TrueAsync(
            "three free workers and an empty queue",
            async () => await client.QueueAsync() is { Work.IsEmpty: true } queue && queue.Shards.Count(shard => shard is { IsLost: false, WorkId: null }) == workers.Count,
            every: Often);

        var blobs = Open(cluster);
        foreach (var run in (string[])[Calm, Run])
        {
            await AssertOnlyKnownBlobsAsync(blobs, run, (await client.Runs.GetAsync(run)).Checkpoints);
        }

        Assert.Empty(workers.SelectMany(worker => Directory.EnumerateFileSystemEntries(cluster.Home.PathOf("workers", worker, "scratch"))));
        Assert.Empty(Directory.EnumerateFileSystemEntries(cluster.Environment["TMPDIR"]));
    }

    private static async Task AssertOnlyKnownBlobsAsync(IBlobStore blobs, string run, IEnumerable<RunCheckpoint> checkpoints)
    {
        var names = new List<string[]>();
        await foreach (var blob in blobs.ListAsync($"runs/{run}/"))
        {
            names.Add(blob.Name.Split('/'));
        }

        Assert.All(names, name => Assert.Contains(name[2], (string[])["checkpoints", "logs", "metrics", "metrics-levels"]));
        long[] known = [.. checkpoints.Select(checkpoint => checkpoint.Iteration)];
        Assert.Equal(known, names.Where(name => name[2] == "checkpoints").Select(name => long.Parse(name[3], CultureInfo.InvariantCulture)).Distinct().Order());
        var store = new CheckpointStore(blobs);
        foreach (var iteration in known)
        {
            var manifest = await store.FindAsync(run, iteration);
            Assert.NotNull(manifest);
            Assert.Empty(await store.VerifyAsync(manifest));
        }
    }

    private static IBlobStore Open(ProcessCluster cluster) =>
        BlobStoreFactory.Open(cluster.Environment["POA_BLOB_STORE"], name => cluster.Environment.GetValueOrDefault(name));

    private static async Task<string?> TeacherAsync(IBlobStore blobs, string run) =>
        (await blobs.FindAsync($"runs/{run}/checkpoints/{Steps:D10}/teacher.safetensors"))?.Sha256 ?? throw new InvalidOperationException($"Run {run} has no teacher.");
}
