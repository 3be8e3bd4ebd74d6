using System.Diagnostics;
using Poa.Actors;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Database;
using Poa.Elastic;

namespace Poa.Benchmarks.Recovery;

/// <summary>
/// How soon a cluster goes on after SIGKILL: the worker of a run killed, to steps by another worker; the control silo that holds the scheduler
/// killed, to answers by the other one.
/// </summary>
internal static class RecoveryBenchmark
{
    private const string Run = "recovery";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static Report Execute(BenchmarkOptions options) => ExecuteAsync(options).GetAwaiter().GetResult();

    private static async Task<Report> ExecuteAsync(BenchmarkOptions options)
    {
        var connection = options.PostgreSql ?? throw new FormatException("Say with --postgresql which empty data base the cluster is to use.");
        var cluster = RecoverySilo.Address(connection, $"recovery-{Guid.NewGuid():N}");
        await new PostgresDatabase(cluster).InitAsync();
        var folder = Directory.CreateTempSubdirectory("poa-recovery-").FullName;
        var silos = new[] { (SiloRole.Control, "control-1"), (SiloRole.Control, "control-2"), (SiloRole.Worker, "worker-1"), (SiloRole.Worker, "worker-2") }
            .Select(silo => new RecoverySilo(silo.Item1, silo.Item2, folder, cluster)).ToDictionary(silo => silo.Name);
        try
        {
            foreach (var silo in silos.Values)
            {
                await silo.StartAsync();
            }

            await using var client = await PoaClient.ConnectAsync(cluster);
            await client.Runs.StartAsync(
                ConfigurationPresets.Load("demo-quick", ["train.OFFICIAL_EPOCH_LENGTH=1000000", "optim.epochs=1", "optim.warmup_epochs=0", "train.batch_size_per_gpu=8", "train.threads=1", "checkpoint.keep_last=2"]),
                "demo",
                Run);
            var (workers, controls) = (new List<double>(), new List<double>());
            for (var i = 0; i < options.Repeats; i++)
            {
                workers.Add(await KillWorkerAsync(client, silos));
                controls.Add(await KillControlAsync(client, silos));
            }

            return new Report(
                "recovery",
                $"PostgreSQL, two control silos and two workers of one thread as processes on one machine, shipped settings, {options.Repeats} kills of each",
                [
                    new("worker killed to training again, median", Statistics.Median(workers), "s"),
                    new("  longest", workers.Max(), "s"),
                    new("control silo killed to commands answered", Statistics.Median(controls), "s"),
                    new("  longest", controls.Max(), "s"),
                ]);
        }
        finally
        {
            foreach (var silo in silos.Values)
            {
                silo.Dispose();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Workers tell how far they are once a second, so that the figure is up to a second too long.</summary>
    private static async Task<double> KillWorkerAsync(PoaClient client, Dictionary<string, RecoverySilo> silos)
    {
        var held = await UntilAsync(client, "it trains", run => run is { Shard: not null, Progress: { Phase: "training", Done: > 0 } });
        var victim = silos[ShardKey.Parse(held.Shard!).Worker];
        await victim.KillAsync();
        var clock = Stopwatch.StartNew();
        var other = await UntilAsync(client, "another worker has it", run => run.Shard is { } shard && shard != held.Shard);
        await UntilAsync(client, "the other worker trains it", run => run.Progress is { Phase: "training" } progress && progress != other.Progress);
        var seconds = clock.Elapsed.TotalSeconds;
        await victim.StartAsync();
        return seconds;
    }

    private static async Task<double> KillControlAsync(PoaClient client, Dictionary<string, RecoverySilo> silos)
    {
        await client.QueueAsync();
        var management = client.Cluster.GetGrain<IManagementGrain>(0);
        var scheduler = (await management.GetDetailedGrainStatistics()).Single(grain => grain.GrainId.Type.ToString() == "scheduler");
        var holder = silos[(await management.GetDetailedHosts(onlyActive: true)).Single(host => host.SiloAddress.Equals(scheduler.SiloAddress)).SiloName];
        await holder.KillAsync();
        var clock = Stopwatch.StartNew();
        await client.QueueAsync();
        await client.Runs.GetAsync(Run);
        var seconds = clock.Elapsed.TotalSeconds;
        await holder.StartAsync();
        return seconds;
    }

    private static async Task<RunSnapshot> UntilAsync(PoaClient client, string what, Func<RunSnapshot, bool> holds)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var run = await client.Runs.GetAsync(Run);
            if (!run.Status.IsActive())
            {
                throw new InvalidOperationException($"The run is {run.Status}: {run.Error}");
            }

            if (holds(run))
            {
                return run;
            }

            if (clock.Elapsed > Limit)
            {
                throw new TimeoutException($"{Limit.TotalMinutes} minutes have passed, and not yet: {what}. The run is {run.Status} on {run.Shard ?? "no worker"}.");
            }

            await Task.Delay(Look);
        }
    }
}
