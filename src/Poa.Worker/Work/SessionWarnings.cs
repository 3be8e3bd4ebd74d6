using Poa.Actors.Abstractions;
using Poa.Training.Session;
using Poa.Worker.Execution;

namespace Poa.Worker.Work;

/// <summary>
/// What a session warns of, on its way from the thread that trains to the run's history: <see cref="Add"/> holds nobody up,
/// <see cref="ReportAsync"/> runs beside it.
/// </summary>
internal sealed class SessionWarnings(WorkContext context)
{
    private readonly Lock gate = new();
    private readonly Queue<string> waiting = new();
    private readonly NoteThrottle throttle = new();

    /// <summary>Takes an event; of many of one kind only some go further than the log.</summary>
    public void Add(SessionEvent sessionEvent)
    {
        lock (gate)
        {
            if (throttle.Pass(sessionEvent.Kind, sessionEvent.Message) is { } note)
            {
                waiting.Enqueue(note);
            }
            else
            {
                context.Log.Warning(sessionEvent.Message);
            }
        }
    }

    /// <summary>Reports what has come since the last call.</summary>
    public async Task ReportAsync()
    {
        string[] notes;
        lock (gate)
        {
            notes = [.. waiting];
            waiting.Clear();
        }

        foreach (var note in notes)
        {
            await context.Reporter.NoteAsync(NoteLevel.Warning, note).ConfigureAwait(false);
        }
    }
}
