using System.Collections.Immutable;
using System.Text;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Elastic;
using Poa.Storage;

namespace Poa.Benchmarks.Dashboard;

/// <summary>The store that pages are measured on: 1,000 runs, one with 300,000 logged steps, a sweep of 572 jobs, a live run.</summary>
internal static class SeededStore
{
    public const int Runs = 1000;
    public const int Steps = 300_000;
    public const string LongRun = "long-run";
    public const string LiveRun = "live-run";
    public const string Sweep = "sweep-572";

    /// <summary>22 widths x 26 depths = 572 sub-networks.</summary>
    private static readonly string[] Grid = ["student.min_embed_dim=64", "student.max_embed_dim=400", "student.min_depth=2", "student.max_depth=27"];

    public static async Task FillAsync(PoaClient client, IBlobStore blobs)
    {
        var small = ConfigurationPresets.Load("demo-quick");
        var large = PoaConfiguration.Load(ConfigurationPresets.Sources("demo-quick"), Grid);
        await Parallel.ForAsync(0, Runs - 2, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancel) =>
            await client.Runs.StartAsync(small, "demo?split=train", $"run-{i:D4}", $"experiment {i}", cancellationToken: cancel));
        await client.Runs.StartAsync(large, "demo?split=train", LongRun, "three hundred thousand steps");
        await client.Runs.WaitAsync(LongRun);
        await WriteStepsAsync(blobs, large.Grid());

        var sweep = await client.Sweeps.StartAsync(LongRun, new EvaluationData("demo?split=train", "demo?split=test"), sweep: Sweep);
        await client.Sweeps.WaitAsync(Sweep);
        if (sweep.Jobs.Length != 572)
        {
            throw new InvalidOperationException($"The sweep has {sweep.Jobs.Length} jobs, not 572.");
        }

        await Parallel.ForAsync(0, Runs - 2, async (i, cancel) => await client.Runs.WaitAsync($"run-{i:D4}", cancel));
        await client.Runs.StartAsync(PoaConfiguration.Load(ConfigurationPresets.Sources("demo-quick"), [$"train.seed={InstantWorker.LiveSeed}"]), "demo?split=train", LiveRun, "live");
    }

    private static async Task WriteStepsAsync(IBlobStore blobs, ISubNetworkGrid grid)
    {
        var log = await MetricsLog.OpenAsync(blobs, LongRun, 0);
        var names = grid.SubNetworks.Select(s => s.ToString()).ToImmutableArray();
        for (var i = 0L; i < Steps; i++)
        {
            log.Append(i, Encoding.UTF8.GetBytes(InstantWorker.Step(i, names[(int)(i * 7919 % names.Length)]).ToLine()));
            if (i % 4096 == 4095)
            {
                await log.FlushAsync();
            }
        }

        await log.FlushAsync();
    }
}
