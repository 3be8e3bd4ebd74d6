namespace Poa.Training.Session;

/// <summary>Kinds of <see cref="SessionEvent"/>.</summary>
public enum SessionEventKind
{
    /// <summary>An image could not be read and is replaced by another one for the whole run.</summary>
    UnreadableImage,

    /// <summary>A step's loss or gradients were not finite; it changed nothing.</summary>
    StepNotApplied,
}

/// <summary>Something a person should know about.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Iteration">The step at which it was noticed.</param>
/// <param name="Message">A sentence that names the file or value.</param>
public sealed record SessionEvent(SessionEventKind Kind, long Iteration, string Message);

/// <summary>
/// Hears what a session does, on the session's own thread: a call that takes long holds training up, and an exception ends it.
/// </summary>
public interface ISessionObserver
{
    /// <summary>A step is done.</summary>
    void OnStep(StepRecord record);

    /// <summary>A checkpoint is complete in a folder, which from now on is the observer's: it moves or deletes it when it likes.</summary>
    /// <param name="folder">Holds the files of <see cref="TrainingSession.Save"/>.</param>
    /// <param name="iteration">Steps taken before it; 0 for the untrained network.</param>
    void OnCheckpoint(string folder, long iteration);

    /// <summary>Something happened that does not stop the run.</summary>
    void OnEvent(SessionEvent sessionEvent);
}
