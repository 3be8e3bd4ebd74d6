using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Database;
using Poa.Actors.Silo;
using Poa.Elastic;

namespace Poa.Benchmarks.Orchestration;

/// <summary>What it costs to queue, hand out, report and record jobs that do nothing, durably.</summary>
internal static class OrchestrationBenchmark
{
    /// <summary>Sub-networks of the largest grid of the paper.</summary>
    private const int SweepJobs = 572;

    private const int JobsOfManySweeps = 500;
    private const string RunId = "no-op";

    public static Report Run(BenchmarkOptions options) => RunAsync(options).GetAwaiter().GetResult();

    private static async Task<Report> RunAsync(BenchmarkOptions options)
    {
        var home = Directory.CreateTempSubdirectory("poa-orchestration-");
        var worker = new NoOpWorker(options.Workers);
        try
        {
            var (host, cluster) = await StartAsync(options, home.FullName, worker);
            await using var running = host;
            await using var client = new PoaClient(cluster);
            await client.Runs.StartAsync(ConfigurationPresets.Load("demo-quick"), "demo?split=train", RunId);
            await client.Runs.WaitAsync(RunId);
            await MeasureAsync(client, worker, "warm-up", sweeps: 1, jobs: options.Workers, batch: 1);

            var shared = await MeasureAsync(client, worker, "shared", sweeps: 1, SweepJobs, batch: 64);
            var single = await MeasureAsync(client, worker, "single", sweeps: 1, SweepJobs, batch: 1);
            var many = await MeasureAsync(client, worker, "many", options.Jobs / JobsOfManySweeps, JobsOfManySweeps, batch: 1);
            return new Report(
                "orchestration",
                $"{(options.PostgreSql is null ? "SQLite" : "PostgreSQL")}, {options.Workers} simulated workers, one host; jobs that do nothing, every result read back: none lost, none computed twice",
                [
                    new($"sweep of {SweepJobs} jobs, 64 to a lease (as shipped)", shared.TotalSeconds, "s"),
                    new($"sweep of {SweepJobs} jobs, one to a lease", single.TotalSeconds, "s"),
                    new("  a job", single.TotalMilliseconds / SweepJobs, "ms"),
                    new(string.Create(CultureInfo.InvariantCulture, $"{options.Jobs} jobs in sweeps of {JobsOfManySweeps}"), many.TotalSeconds, "s"),
                    new("  a job", many.TotalMilliseconds / options.Jobs, "ms"),
                    new("  jobs", options.Jobs / many.TotalSeconds, "1/s"),
                ]);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    /// <summary>One silo that does everything: embedded, or as a member of a cluster whose data base is PostgreSQL.</summary>
    private static async Task<(IAsyncDisposable Host, IClusterClient Cluster)> StartAsync(BenchmarkOptions options, string home, NoOpWorker worker)
    {
        void Configure(IHostApplicationBuilder builder) => builder.Services.AddSingleton<IWorkExecutor>(worker);
        if (options.PostgreSql is null)
        {
            var embedded = await EmbeddedHost.StartAsync(new EmbeddedHostOptions { Home = home, Devices = [], Configure = Configure });
            return (embedded, embedded.Cluster);
        }

        // A service of its own: nothing that an earlier measurement left behind is met.
        var address = ClusterAddress.Parse(options.PostgreSql) with { ClusterId = $"orchestration-{Environment.ProcessId}", ServiceId = Guid.NewGuid().ToString("N") };
        await new PostgresDatabase(address).InitAsync();
        var member = await ClusterHost.StartAsync(new ClusterHostOptions
        {
            Cluster = address,
            BlobStore = $"folder:{Path.Combine(home, "blobs")}",
            Home = home,
            Name = "orchestration",
            AdvertisedAddress = "127.0.0.1",
            SiloPort = null,
            GatewayPort = null,
            Configure = Configure,
        });
        return (member, member.Cluster);
    }

    /// <summary>Gives a command again whose answer is late, as any client may: twice equals once.</summary>
    private static async Task UntilAnsweredAsync(Func<Task> command)
    {
        while (true)
        {
            try
            {
                await command();
                return;
            }
            catch (TimeoutException)
            {
                // The silo is busy with the sweeps that are started already.
            }
        }
    }

    /// <summary>From the command that starts the sweeps until each has finished, and every result can be read.</summary>
    private static async Task<TimeSpan> MeasureAsync(PoaClient client, NoOpWorker worker, string name, int sweeps, int jobs, int batch)
    {
        SweepSpecification[] specifications = [.. Enumerable.Range(0, sweeps).Select(i => new SweepSpecification
        {
            SweepId = $"{name}-{i:D3}",
            Run = RunId,
            Iteration = 0,
            Benchmark = Actors.Abstractions.Benchmarks.Knn,
            Data = new EvaluationData($"folder:/{name}/{i}", "folder:/test"),
            SubNetworks = [.. Enumerable.Range(0, jobs).Select(job => $"{job}x1")],
            BatchSize = batch,
        })];
        var before = worker.Evaluated;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(specifications.Select(async specification =>
        {
            await UntilAnsweredAsync(() => Grain(specification).StartAsync(specification));
            await client.Sweeps.WaitAsync(specification.SweepId);
        }));
        var elapsed = clock.Elapsed;
        foreach (var specification in specifications)
        {
            var states = await Task.WhenAll(specification.SubNetworks.Select(job =>
                client.Cluster.GetGrain<IEvaluationJobGrain>(specification.JobOf(job).ToString()).GetAsync()));
            if (states.FirstOrDefault(state => state is not { Status: JobStatus.Completed, Computations: 1 }) is { } wrong)
            {
                throw new InvalidOperationException($"A job of {specification.SweepId} was lost or computed twice: {wrong}");
            }
        }

        return worker.Evaluated - before == sweeps * jobs
            ? elapsed
            : throw new InvalidOperationException($"{worker.Evaluated - before} jobs were handed out for {sweeps * jobs}.");

        IEvaluationSweepGrain Grain(SweepSpecification specification) => client.Cluster.GetGrain<IEvaluationSweepGrain>(specification.SweepId);
    }
}
