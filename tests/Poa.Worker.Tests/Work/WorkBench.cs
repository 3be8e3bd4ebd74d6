using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Worker.Data;
using Poa.Worker.Devices;
using Poa.Worker.Execution;
using Poa.Worker.Gangs;
using Poa.Worker.Tests.Execution;
using Poa.Worker.Work;
using Poa.Worker.Work.Runners;
using Xunit;

namespace Poa.Worker.Tests.Work;

/// <summary>A blob folder, a device and a reporter, as a worker has them.</summary>
internal sealed class WorkBench : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("poa-bench-").FullName;
    private readonly string yaml;
    private int leases;

    /// <param name="blobs">A store that several benches share; null for one of its own.</param>
    /// <param name="yaml">Configuration of the run; null for <see cref="TinyRun"/>'s.</param>
    public WorkBench(LocalBlobStore? blobs = null, string? yaml = null)
    {
        this.yaml = yaml ?? TinyRun.Yaml;
        Blobs = blobs ?? new LocalBlobStore(Path.Combine(folder, "blobs"));
        Gangs = new GangExchanges(new WorkerOptions { Home = folder });
    }

    public static DataAccess Anywhere { get; } = new([]);

    public LocalBlobStore Blobs { get; }

    public WorkerDevice Device { get; } = new("cpu", 1);

    public RecordingReporter Reporter { get; } = new();

    public GangExchanges Gangs { get; }

    public TrainingHandler Trainer => new(Blobs, Anywhere, Gangs, TimeProvider.System);

    public EvaluationHandler Evaluator => new(Blobs, [new KnnRunner(Anywhere), new PixelKnnRunner(Anywhere), new LinearRunner(Anywhere), new CocoRunner(Anywhere), new AdeRunner(Anywhere), new AttentionRunner(Anywhere)], TimeProvider.System);

    public string BlobFile(string name) => Path.Combine(folder, "blobs", name);

    /// <summary>A lease with a fresh scratch folder; <paramref name="stop"/> is the caller's.</summary>
    public WorkContext Context(WorkItem work, StopSignal stop, IWorkReporter? reporter = null, string owner = "sweep-1")
    {
        var token = ++leases;
        var scratch = Path.Combine(folder, "scratch", $"{token}");
        Directory.CreateDirectory(scratch);
        var lease = new WorkLease("w", token, "local/cpu", work, work is EvaluationWork ? new WorkOwner(WorkOwnerKind.Sweep, owner) : new WorkOwner(WorkOwnerKind.TrainingRun, work.Run), 1);
        var log = new WorkLog(TimeProvider.System);
        return new WorkContext(lease, Device, scratch, new FencedReporter(reporter ?? Reporter, stop, log), stop, log);
    }

    public async Task<WorkCompletion> TrainAsync(RecordingReporter? reporter = null)
    {
        using var stop = new StopSignal();
        return await Trainer.ExecuteAsync(Context(new TrainingShardWork(TinyRun.Id, yaml, "demo"), stop, reporter));
    }

    /// <summary>Trains until the checkpoint of an iteration is reported, then stops for a reason.</summary>
    public async Task TrainUntilAsync(long iteration, StopReason reason)
    {
        using var stop = new StopSignal();
        var reporter = new StoppingReporter(iteration, () => stop.Request(reason), Reporter);
        var context = Context(new TrainingShardWork(TinyRun.Id, yaml, "demo"), stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Trainer.ExecuteAsync(context with { Reporter = new FencedReporter(reporter, stop, context.Log) }));
    }

    /// <summary>The whole series without measured times, one text per step.</summary>
    public async Task<IReadOnlyList<string>> SeriesAsync()
    {
        var series = new List<string>();
        await foreach (var record in MetricsReader.ReadAsync(Blobs, TinyRun.Id))
        {
            var step = StepMetrics.FromLine(System.Text.Encoding.UTF8.GetString(record.Json));
            series.Add($"{step.Iteration} {step.SubNetwork} " + string.Join(' ', step.Values
                .Where(value => !value.Key.EndsWith(StepMetricsLine.TimeSuffix, StringComparison.Ordinal))
                .Select(value => $"{value.Key}={BitConverter.DoubleToInt64Bits(value.Value):x}")));
        }

        return series;
    }

    public async Task<string> HashAsync(long iteration)
    {
        var manifest = await new CheckpointStore(Blobs).FindAsync(TinyRun.Id, iteration);
        return manifest!.ContentHash();
    }

    public async Task<IReadOnlyList<long>> IterationsAsync()
    {
        var iterations = new List<long>();
        await foreach (var iteration in new CheckpointStore(Blobs).ListIterationsAsync(TinyRun.Id))
        {
            iterations.Add(iteration);
        }

        return iterations;
    }

    public void Dispose()
    {
        Gangs.Dispose();
        Device.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
