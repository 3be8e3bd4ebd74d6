namespace Poa.Actors;

/// <summary>Commands that people give to a run.</summary>
internal enum RunCommand
{
    /// <summary>Queue a created run.</summary>
    Start,

    /// <summary>Stop with a checkpoint, to go on later.</summary>
    Pause,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Stop for good.</summary>
    Cancel,
}

/// <summary>The state machine of a run as far as commands go; reports of workers are handled in <see cref="TrainingRunGrain"/>.</summary>
internal static class RunTransitions
{
    /// <summary>
    /// The status a command leads to; the same status means that it has been carried out before, or is being carried out.
    /// </summary>
    /// <exception cref="PoaException">The command does not apply in this state.</exception>
    public static RunStatus Apply(string run, RunCommand command, RunStatus status) => (command, status) switch
    {
        (RunCommand.Start, RunStatus.Created) => RunStatus.Queued,
        (RunCommand.Start, not RunStatus.Cancelled and not RunStatus.Cancelling) => status,

        (RunCommand.Pause, RunStatus.Queued or RunStatus.Running) => RunStatus.Pausing,
        (RunCommand.Pause, RunStatus.Pausing or RunStatus.Paused) => status,

        (RunCommand.Resume, RunStatus.Paused or RunStatus.Failed) => RunStatus.Queued,
        (RunCommand.Resume, RunStatus.Queued or RunStatus.Running) => status,

        (RunCommand.Cancel, RunStatus.Queued or RunStatus.Running or RunStatus.Pausing) => RunStatus.Cancelling,
        (RunCommand.Cancel, RunStatus.Created or RunStatus.Paused or RunStatus.Failed) => RunStatus.Cancelled,
        (RunCommand.Cancel, RunStatus.Cancelling or RunStatus.Cancelled) => status,

        _ => throw new PoaException(
            ErrorCodes.IllegalTransition,
            $"Run {run} is {status.ToString().ToLowerInvariant()}; the command '{command.ToString().ToLowerInvariant()}' does not apply.",
            Remedy(command, status)),
    };

    private static string Remedy(RunCommand command, RunStatus status) => (command, status) switch
    {
        (RunCommand.Resume, RunStatus.Created) or (RunCommand.Pause, RunStatus.Created) => "Start the run first.",
        (_, RunStatus.Pausing) => "Wait until it is paused.",
        (_, RunStatus.Cancelling or RunStatus.Cancelled or RunStatus.Completed) => "Start a new run.",
        (_, RunStatus.Failed) => "Resume or cancel it.",
        _ => "Look at its state and choose another command.",
    };
}
