using Poa.Training.Session;
using Poa.Worker.Execution;

namespace Poa.Worker.Work;

/// <summary>Writes down which step comes next, and hands on what the session says.</summary>
internal sealed class PlaceObserver(ISessionObserver inner, PlaceFile place) : ISessionObserver
{
    /// <inheritdoc/>
    public void OnStep(StepRecord record)
    {
        place.Step(record.Iteration + 1);
        inner.OnStep(record);
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string folder, long iteration) => place.Aside(() => inner.OnCheckpoint(folder, iteration)); // waits for the upload of the one before

    /// <inheritdoc/>
    public void OnEvent(SessionEvent sessionEvent) => inner.OnEvent(sessionEvent);
}
