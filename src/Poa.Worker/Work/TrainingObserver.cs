using System.Text;
using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Training.Session;
using Poa.Worker.Execution;
using Poa.Worker.Telemetry;

namespace Poa.Worker.Work;

/// <summary>
/// Hears a session's steps and checkpoints on its thread and hands them on without holding it up; the once-a-second part
/// (<see cref="TickAsync"/>) runs beside it.
/// </summary>
internal sealed class TrainingObserver : ITickingObserver
{
    /// <summary>Steps over which loss and rate are averaged for people.</summary>
    private const int Window = 20;

    private readonly Lock gate = new();
    private readonly WorkContext context;
    private readonly MetricsLog metrics;
    private readonly CheckpointPublisher publisher;
    private readonly long total;
    private readonly Queue<StepRecord> recent = new();
    private readonly SessionWarnings warnings;
    private TrainingTally tally;
    private long done;

    /// <param name="context">The lease.</param>
    /// <param name="metrics">Takes every step's record.</param>
    /// <param name="publisher">Takes checkpoints.</param>
    /// <param name="tally">What the run took before.</param>
    /// <param name="done">Steps done before.</param>
    /// <param name="total">Steps of the whole run.</param>
    public TrainingObserver(WorkContext context, MetricsLog metrics, CheckpointPublisher publisher, TrainingTally tally, long done, long total)
    {
        this.context = context;
        warnings = new(context);
        this.metrics = metrics;
        this.publisher = publisher;
        this.tally = tally;
        this.done = done;
        this.total = total;
    }

    /// <inheritdoc/>
    public long Done
    {
        get
        {
            lock (gate)
            {
                return done;
            }
        }
    }

    /// <inheritdoc/>
    public void OnStep(StepRecord record)
    {
        metrics.Append(record.Iteration, Encoding.UTF8.GetBytes(StepMetricsLine.Of(record)));
        Instruments.Stepped(record, context.Lease);
        Instruments.Advanced(record, context.Lease);
        lock (gate)
        {
            recent.Enqueue(record);
            if (recent.Count > Window)
            {
                recent.Dequeue();
            }

            done = record.Iteration + 1;
            tally = tally with
            {
                Elapsed = tally.Elapsed + TimeSpan.FromSeconds(record.Seconds),
                Images = tally.Images + record.Images,
                Loss = recent.Average(step => (double)step.Loss),
            };
        }
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string folder, long iteration)
    {
        // Whoever has lost the lease publishes nothing more.
        context.Stop.Lost.ThrowIfCancellationRequested();
        TrainingTally now;
        lock (gate)
        {
            now = tally;
        }

        publisher.Publish(iteration, folder, now);
    }

    /// <inheritdoc/>
    public void OnEvent(SessionEvent sessionEvent)
    {
        warnings.Add(sessionEvent);
        if (sessionEvent.Kind == SessionEventKind.UnreadableImage)
        {
            lock (gate)
            {
                tally = tally with { SkippedImages = tally.SkippedImages + 1 };
            }
        }
    }

    /// <summary>About once a second: makes the metrics last and says how far the run is.</summary>
    public async Task TickAsync()
    {
        await metrics.FlushAsync(context.Stop.Lost).ConfigureAwait(false);
        WorkProgress progress;
        lock (gate)
        {
            progress = Progress();
        }

        if (progress.ImagesPerSecond is { } rate)
        {
            Instruments.Paced(rate, context.Lease);
        }

        await warnings.ReportAsync().ConfigureAwait(false);
        await context.Reporter.ProgressAsync(progress).ConfigureAwait(false);
    }

    /// <summary>What the run took so far, all restarts included.</summary>
    public WorkCost Cost(string device)
    {
        lock (gate)
        {
            return new WorkCost(tally.Elapsed, tally.Images, done, device);
        }
    }

    private WorkProgress Progress()
    {
        var seconds = recent.Sum(step => step.Seconds);
        return new WorkProgress
        {
            Done = done,
            Total = total,
            Phase = "training",
            Loss = tally.Loss is { } loss && double.IsFinite(loss) ? loss : null,
            LearningRate = recent.Count > 0 ? recent.Last().LearningRate : null,
            ImagesPerSecond = seconds > 0 ? recent.Sum(step => step.Images) / seconds : null,
            Remaining = seconds > 0 ? TimeSpan.FromSeconds((total - done) * seconds / recent.Count) : null,
            SkippedImages = tally.SkippedImages,
        };
    }
}
