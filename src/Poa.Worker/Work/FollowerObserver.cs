using Poa.Actors.Abstractions;
using Poa.Training.Session;
using Poa.Worker.Execution;
using Poa.Worker.Telemetry;

namespace Poa.Worker.Work;

/// <summary>
/// Hears the session of a gang's member that is not rank 0. Steps are the same on all members and rank 0 records them; what this one says
/// is that it is alive, which also tells it whether its lease still stands, and which of its images it could not read.
/// </summary>
/// <param name="context">The lease.</param>
/// <param name="total">Steps of the whole run.</param>
internal sealed class FollowerObserver(WorkContext context, long total) : ITickingObserver
{
    private readonly SessionWarnings warnings = new(context);
    private long done;

    /// <inheritdoc/>
    public long Done => Volatile.Read(ref done);

    /// <inheritdoc/>
    public void OnStep(StepRecord record)
    {
        Instruments.Stepped(record, context.Lease);
        Volatile.Write(ref done, record.Iteration + 1);
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string folder, long iteration) => throw new InvalidOperationException("Checkpoints are written by rank 0.");

    /// <inheritdoc/>
    public void OnEvent(SessionEvent sessionEvent)
    {
        // Skipped steps are the whole gang's, and rank 0 tells of them.
        if (sessionEvent.Kind == SessionEventKind.UnreadableImage)
        {
            warnings.Add(sessionEvent);
        }
    }

    /// <summary>About once a second.</summary>
    public async Task TickAsync()
    {
        await warnings.ReportAsync().ConfigureAwait(false);
        await context.Reporter.ProgressAsync(new WorkProgress { Done = Done, Total = total, Phase = "training" }).ConfigureAwait(false);
    }
}
