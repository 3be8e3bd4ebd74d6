using System.Diagnostics;
using System.Diagnostics.Metrics;
using Poa.Actors.Abstractions;
using Poa.Training.Session;
using Poa.Training.Step;

namespace Poa.Worker.Telemetry;

/// <summary>Metrics and traces of a worker process, for OpenTelemetry and <c>dotnet-counters</c>. Listed in docs/cluster.md.</summary>
internal static class Instruments
{
    /// <summary>Name of the meter and of the source of activities.</summary>
    public const string Name = "Poa.Worker";

    private const string Device = "poa.device", Run = "poa.run", Phase = "poa.training.phase", Kind = "poa.work.kind", Outcome = "poa.work.outcome";

    private static readonly Meter Meter = new(Name);
    private static readonly InstrumentAdvice<double> Steps = Buckets(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);
    private static readonly InstrumentAdvice<double> Long = Buckets(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400);

    private static readonly Counter<long> Images = Meter.CreateCounter<long>("poa.training.images", "{image}", "Images trained on.");
    private static readonly Gauge<double> Rate = Meter.CreateGauge<double>("poa.training.images_per_second", "{image}/s", "Images trained on per second, as the mean over the last steps; 0 after the end.");
    private static readonly Histogram<double> StepSeconds = Meter.CreateHistogram("poa.training.step.duration", "s", "Training steps, the wait for their images included.", tags: null, Steps);
    private static readonly Histogram<double> PhaseSeconds = Meter.CreateHistogram("poa.training.phase.duration", "s", "Parts of a training step.", tags: null, Steps);
    private static readonly Counter<long> Skipped = Meter.CreateCounter<long>("poa.training.steps_skipped", "{step}", "Training steps that changed nothing, since a loss or gradient was not finite.");
    private static readonly Histogram<double> CheckpointSeconds = Meter.CreateHistogram("poa.checkpoint.duration", "s", "Publications of checkpoints, beside the training.", tags: null, Long);
    private static readonly Counter<long> CheckpointBytes = Meter.CreateCounter<long>("poa.checkpoint.size", "By", "Bytes of published checkpoints.");
    private static readonly Histogram<double> WorkSeconds = Meter.CreateHistogram("poa.work.duration", "s", "Leases that were worked on, from grant to end.", tags: null, Long);

    private static readonly Dictionary<StepPhase, string> PhaseNames = Enum.GetValues<StepPhase>().ToDictionary(phase => phase, NameOf);

    /// <summary>Activities of the worker.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>A step of this worker is done.</summary>
    /// <param name="record">What it measured.</param>
    /// <param name="lease">Under which lease.</param>
    public static void Stepped(StepRecord record, WorkLease lease)
    {
        var device = KeyValuePair.Create<string, object?>(Device, lease.Device);
        StepSeconds.Record(record.Seconds, device);
        PhaseSeconds.Record(record.DataSeconds, device, new(Phase, "data"));
        foreach (var (phase, seconds) in record.PhaseSeconds)
        {
            PhaseSeconds.Record(seconds, device, new(Phase, PhaseNames[phase]));
        }

        if (record.ExchangeSeconds > 0)
        {
            PhaseSeconds.Record(record.ExchangeSeconds, device, new(Phase, "exchange"));
        }
    }

    /// <summary>A run has come a step further, told once for all workers that train it.</summary>
    public static void Advanced(StepRecord record, WorkLease lease)
    {
        var run = KeyValuePair.Create<string, object?>(Run, lease.Work.Run);
        Images.Add(record.Images, run);
        if (!record.Applied)
        {
            Skipped.Add(1, run);
        }
    }

    /// <summary>How fast a run is; to be told 0 at the end, since a gauge goes on to be exported with what it was told last.</summary>
    public static void Paced(double imagesPerSecond, WorkLease lease) => Rate.Record(imagesPerSecond, KeyValuePair.Create<string, object?>(Run, lease.Work.Run));

    /// <summary>A checkpoint is published.</summary>
    public static void CheckpointPublished(TimeSpan duration, long bytes)
    {
        CheckpointSeconds.Record(duration.TotalSeconds);
        CheckpointBytes.Add(bytes);
    }

    /// <summary>
    /// Work under a lease has ended. The activity is made only now, with the time at which it began: a run may last for weeks, and what is
    /// called meanwhile is to be traces of its own, not one without an end.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cause">The activity that brought the lease.</param>
    /// <param name="begun">When it began.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="outcome">Completed, stopped, diverged or failed; lost where nobody took the report.</param>
    /// <param name="error">Why it failed.</param>
    public static void WorkEnded(WorkLease lease, ActivityContext cause, DateTimeOffset begun, TimeSpan duration, string outcome, WorkError? error)
    {
        var kind = WorkId.KindOf(lease.WorkId);
        WorkSeconds.Record(duration.TotalSeconds, new(Kind, kind), new(Outcome, outcome));
        using var activity = Source.StartActivity($"work {kind}", ActivityKind.Consumer, cause, startTime: begun);
        activity?.SetTag(Kind, kind).SetTag(Run, lease.Work.Run).SetTag("poa.work.id", lease.WorkId).SetTag("poa.shard", lease.Shard)
            .SetTag("poa.attempt", lease.Attempt).SetTag("poa.lease.token", lease.FencingToken).SetTag(Outcome, outcome);
        if (error is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error.Message).SetTag("error.type", error.Code);
        }
    }

    private static InstrumentAdvice<double> Buckets(params double[] boundaries) => new() { HistogramBucketBoundaries = boundaries };

    private static string NameOf(StepPhase phase) => string.Concat(phase.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
