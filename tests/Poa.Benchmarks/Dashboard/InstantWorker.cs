using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Poa.Actors.Abstractions;
using Poa.Storage;

namespace Poa.Benchmarks.Dashboard;

/// <summary>
/// Stands in for the worker so that only the dashboard and the grains are measured: evaluations end at once, a training run either
/// ends with its first checkpoint or, if its seed says so, "trains" at a given rate without computing anything.
/// </summary>
internal sealed class InstantWorker(Func<IBlobStore> blobs) : IWorkExecutor
{
    /// <summary>Seed of a run that is to go on until it is stopped: the one thing about a run that reaches the worker.</summary>
    public const int LiveSeed = 4711;

    private const int StepsPerSecond = 10;
    private readonly ConcurrentDictionary<(string Work, long Token), (CancellationTokenSource Stop, Task Ended, Reason Why)> running = new();

    public IReadOnlyList<DeviceDescription> Devices { get; } = [new("cpu", "a stand-in that computes nothing")];

    public void Start(WorkLease lease, IWorkReporter reporter)
    {
        var (stop, why) = (new CancellationTokenSource(), new Reason());
        running.GetOrAdd((lease.WorkId, lease.FencingToken), _ => (stop, Task.Run(() => WorkAsync(lease, reporter, why, stop.Token)), why));
    }

    public Task StopAsync(string workId, long fencingToken, StopReason reason)
    {
        if (!running.TryGetValue((workId, fencingToken), out var work))
        {
            return Task.CompletedTask;
        }

        work.Why.Value = reason;
        work.Stop.Cancel();
        return work.Ended;
    }

    private async Task WorkAsync(WorkLease lease, IWorkReporter reporter, Reason why, CancellationToken stop)
    {
        switch (lease.Work)
        {
            case EvaluationWork evaluation:
                await reporter.ResultAsync([.. evaluation.SubNetworks.Select((name, i) => Result(evaluation, name, i))], CancellationToken.None);
                await reporter.CompletedAsync(new WorkCompletion(), CancellationToken.None);
                break;
            case TrainingShardWork training when training.ConfigurationYaml.Contains($"seed: {LiveSeed}", StringComparison.Ordinal):
                await LiveAsync(training, reporter, stop);
                await reporter.StoppedAsync(why.Value, CancellationToken.None);
                break;
            default:
                await reporter.CheckpointAsync(new RunCheckpoint(0, new string('0', 64), 1_000_000, DateTimeOffset.UtcNow, 10.5), CancellationToken.None);
                await reporter.CompletedAsync(new WorkCompletion { Cost = new WorkCost(TimeSpan.FromMinutes(1), 1000, 10) }, CancellationToken.None);
                break;
        }
    }

    private async Task LiveAsync(TrainingShardWork work, IWorkReporter reporter, CancellationToken stop)
    {
        var log = await MetricsLog.OpenAsync(blobs(), work.Run, 0, CancellationToken.None);
        await reporter.CheckpointAsync(new RunCheckpoint(0, new string('0', 64), 1_000_000, DateTimeOffset.UtcNow), CancellationToken.None);
        for (var second = 0L; !stop.IsCancellationRequested; second++)
        {
            for (var i = second * StepsPerSecond; i < (second + 1) * StepsPerSecond; i++)
            {
                log.Append(i, Encoding.UTF8.GetBytes(Step(i, "64x2").ToLine()));
            }

            await log.FlushAsync(CancellationToken.None);
            await reporter.ProgressAsync(
                new WorkProgress { Done = log.NextIteration, Total = 1_000_000, Phase = "training", Loss = 10 / (1 + (second / 100.0)), ImagesPerSecond = 320 }, CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(1), stop).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>A step with the figures that training writes, made up.</summary>
    public static StepMetrics Step(long iteration, string subNetwork)
    {
        var wave = Math.Sin(iteration * 0.7) + Math.Sin(iteration * 0.013);
        var loss = 3 + (8 * Math.Exp(-iteration / 60_000.0)) + (0.2 * wave);
        return new StepMetrics(iteration, subNetwork, new Dictionary<string, double>
        {
            ["loss"] = loss,
            ["dino_global"] = loss * 0.4,
            ["dino_local"] = loss * 0.3,
            ["ibot"] = loss * 0.2,
            ["koleo"] = loss * 0.1,
            ["learning_rate"] = 1e-3 * Math.Exp(-iteration / 90_000.0),
            ["last_layer_learning_rate"] = 1e-3 * Math.Exp(-iteration / 90_000.0),
            ["weight_decay"] = 0.04 + (iteration * 1e-6),
            ["teacher_temperature"] = 0.04,
            ["teacher_momentum"] = 0.992,
            ["gradient_norm_student"] = 1 + (0.3 * wave),
            ["applied"] = 1,
            ["images"] = 32,
            ["step_seconds"] = 0.1 + (0.01 * wave),
            ["data_seconds"] = 0.01,
        }.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    private static EvaluationResult Result(EvaluationWork work, string subNetwork, int index) => new()
    {
        SubNetwork = subNetwork,
        Benchmark = work.Benchmark,
        Metrics = new Dictionary<string, double> { ["top1@20"] = 60 + (index % 20), ["top5@20"] = 80 + (index % 15) }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Headline = "top1@20",
        Protocol = new Dictionary<string, string> { ["k"] = "20", ["temperature"] = "0.07" }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Parameters = 1_000_000 + (index * 10_000),
        MultiplyAccumulates = 100_000_000 + (index * 1_000_000),
    };

    private sealed class Reason
    {
        public StopReason Value { get; set; } = StopReason.Shutdown;
    }
}
