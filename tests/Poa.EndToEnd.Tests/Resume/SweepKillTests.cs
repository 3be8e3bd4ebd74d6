using Poa.Actors.Abstractions;
using Poa.Data.Scenes;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.EndToEnd.Tests.Resume;

/// <summary>
/// Four benchmarks over nine sub-networks, in a host that is killed with SIGKILL three times at random moments, end with 36 results, none
/// computed twice, each equal to that of a host that nobody disturbed, pictures included.
/// </summary>
public sealed class SweepKillTests
{
    private const int Kills = 3;
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);

    /// <summary>Twelve sub-networks, of which nine are evaluated.</summary>
    private static readonly string[] Training = [.. TinyRun.Arguments, "student.max_depth=4", $"train.OFFICIAL_EPOCH_LENGTH={TinyRun.CheckpointEvery}"];

    private static readonly (string Benchmark, Dictionary<string, string> Options)[] Asked =
    [
        (Benchmarks.Knn, new() { ["neighbours"] = "10" }),
        (Benchmarks.Linear, new() { ["learning_rates"] = "0.1,1", ["epochs"] = "1", ["epoch_length"] = "8", ["batch_size"] = "16", ["checkpoint_every"] = "2" }),
        (Benchmarks.Coco, new() { ["preset"] = "quick", ["image_size"] = "56", ["iterations"] = "4", ["batch_size"] = "2", ["warmup_iterations"] = "1", ["checkpoint_every"] = "2" }),
        (Benchmarks.Ade20k, new() { ["preset"] = "quick", ["crop_size"] = "56", ["iterations"] = "4", ["batch_size"] = "2", ["warmup_iterations"] = "1", ["checkpoint_every"] = "2" }),
    ];

    [Fact]
    public async Task Sweeps_HostKilledThreeTimesAtRandomMoments_ComputeEveryResultOnceAndAlike()
    {
        using var scenesFolder = new TemporaryHome();
        var scenes = SceneSet.Make(
            new SceneRecipe { TrainScenes = 6, ValScenes = 2, Width = 56, Height = 56, MaxSide = 28 }, scenesFolder.PathOf("scenes"), cancellationToken: TestContext.Current.CancellationToken);
        using var calm = new TemporaryHome();
        var trained = await PoaProcess.RunAsync(calm, Training);
        Assert.True(trained.ExitCode == 0, trained.ToString());
        // The same run, before anything was evaluated.
        using var home = new TemporaryHome();
        calm.CopyTo(home);

        var (expected, took) = await UndisturbedAsync(calm, scenes);
        Assert.Equal(36, expected.Count);

        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"Moments of the kills come from seed {seed}.");
        var random = new Random(seed);
        string[] sweeps;
        await using (var host = await HostedCluster.StartAsync(home))
        {
            sweeps = await StartAsync(host, scenes);
            await Task.Delay(took * random.NextDouble() / Kills, TestContext.Current.CancellationToken);
            await host.Process.KillAsync();
        }

        for (var kill = 1; kill < Kills; kill++)
        {
            await using var host = await HostedCluster.StartAsync(home);
            await Task.Delay(took * random.NextDouble() / Kills, TestContext.Current.CancellationToken);
            await host.Process.KillAsync();
        }

        await using var last = await HostedCluster.StartAsync(home);
        var actual = await ResultsAsync(last, sweeps, $"seed {seed}");
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, result => Assert.Equal(result.Value, actual[result.Key]));
        var kept = Path.Combine(home.PathOf("blobs"), "runs", TinyRun.Id, "evaluations");
        Assert.Empty(Directory.EnumerateFiles(kept, "manifest.json", SearchOption.AllDirectories));
        // Pictures of two test images, by nine sub-networks, of two benchmarks: those that the results list, and none that a kill left behind.
        Assert.Equal(2 * 9 * 2, Directory.EnumerateFiles(kept, "*.jpg", SearchOption.AllDirectories).Count());
    }

    private static async Task<(Dictionary<string, string> Results, TimeSpan Took)> UndisturbedAsync(TemporaryHome home, SceneSet scenes)
    {
        await using var host = await HostedCluster.StartAsync(home);
        var started = TimeProvider.System.GetTimestamp();
        var sweeps = await StartAsync(host, scenes);
        var results = await ResultsAsync(host, sweeps, "undisturbed");
        return (results, TimeProvider.System.GetElapsedTime(started));
    }

    private static async Task<string[]> StartAsync(HostedCluster host, SceneSet scenes)
    {
        var sweeps = new List<string>();
        foreach (var (benchmark, options) in Asked)
        {
            var data = benchmark switch
            {
                Benchmarks.Coco => new EvaluationData($"coco:{scenes.CocoFolder}?split=train", $"coco:{scenes.CocoFolder}?split=val"),
                Benchmarks.Ade20k => new EvaluationData($"ade20k:{scenes.Ade20kFolder}?split=training", $"ade20k:{scenes.Ade20kFolder}?split=validation"),
                _ => new EvaluationData("demo?split=test", "demo?split=test"),
            };
            var grid = (await host.Client.Runs.ConfigurationAsync(TinyRun.Id)).Grid();
            var started = await host.Client.Sweeps.StartAsync(TinyRun.Id, data, benchmark, grid.SubNetworks.Take(9).Select(s => s.ToString()), options: options);
            sweeps.Add(started.Specification.SweepId);
        }

        return [.. sweeps];
    }

    /// <summary>Waits for the end of sweeps and gives their results as text, without measured times; each was computed once.</summary>
    private static async Task<Dictionary<string, string>> ResultsAsync(HostedCluster host, string[] sweeps, string what)
    {
        var results = new Dictionary<string, string>();
        foreach (var sweep in sweeps)
        {
            SweepSnapshot snapshot = null!;
            await Until.TrueAsync(
                $"the end of sweep {sweep} ({what})", async () => (snapshot = await host.Client.Sweeps.GetAsync(sweep)).IsFinished, seconds: 240, every: Often);
            Assert.True(snapshot.Status == SweepStatus.Completed, $"{what}: {snapshot.Specification.Benchmark}: {string.Join("; ", snapshot.Events.Select(e => e.Message))}");
            foreach (var name in snapshot.Specification.SubNetworks)
            {
                var job = await host.Grains.GetGrain<IEvaluationJobGrain>(snapshot.Specification.JobOf(name).ToString()).GetAsync();
                Assert.Equal((JobStatus.Completed, 1), (job.Status, job.Computations));
                var result = job.Result!;
                results[$"{result.Benchmark} {name}"] = $"{string.Join(' ', result.Metrics)} {string.Join(' ', result.Details)} {string.Join(' ', result.Protocol)} {string.Join(' ', result.Pictures.Select(picture => picture.Sha256))}";
            }
        }

        return results;
    }
}
