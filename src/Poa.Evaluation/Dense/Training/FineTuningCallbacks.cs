namespace Poa.Evaluation.Dense.Training;

/// <summary>How far a fine-tuning run has come.</summary>
/// <param name="Done">Steps taken.</param>
/// <param name="Total">Steps of the run.</param>
/// <param name="ImagesPerSecond">Rate since it was started or resumed.</param>
/// <param name="Losses">Names and values of the last step's loss terms; not finite where the step was skipped for that.</param>
/// <param name="Skipped">Steps so far that changed nothing because loss or gradient was not finite.</param>
public sealed record FineTuningProgress(
    long Done, long Total, double ImagesPerSecond, IReadOnlyList<KeyValuePair<string, double>> Losses, long Skipped);

/// <summary>What a fine-tuning run tells, on the thread that trains.</summary>
public sealed record FineTuningCallbacks
{
    /// <summary>Told after every step; the receiver thins it out.</summary>
    public Action<FineTuningProgress>? Progressed { get; init; }

    /// <summary>
    /// Told the folder of a checkpoint that is complete, its manifest included. It stays as it is until the second one after it is committed,
    /// so a copy should be made within the call.
    /// </summary>
    public Action<string>? CheckpointCommitted { get; init; }

    /// <summary>Told the folder of a checkpoint that is damaged, and why; the one before it is used.</summary>
    public Action<string, string>? CheckpointRejected { get; init; }
}

/// <summary>How a fine-tuning run ended; the network holds its weights.</summary>
/// <param name="Skipped">Steps that changed nothing because loss or gradient was not finite.</param>
/// <param name="Notes">What a reader of the figures should know, for instance that it went on with another number of threads.</param>
public sealed record FineTuningOutcome(long Skipped, IReadOnlyList<string> Notes);

/// <summary>A fine-tuning run cannot go on. The message says why and what to do.</summary>
/// <param name="message">What is wrong, where, and the remedy.</param>
public sealed class FineTuningException(string message) : Exception(message);
