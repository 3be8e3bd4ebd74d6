namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>Which commands make sense in which state. The run itself decides; this only spares people a refusal.</summary>
public static class RunRules
{
    /// <summary>True if a pause would change something.</summary>
    /// <param name="status">State of the run.</param>
    public static bool CanPause(this RunStatus status) => status is RunStatus.Queued or RunStatus.Running;

    /// <summary>True if a resume would change something.</summary>
    /// <param name="status">State of the run.</param>
    public static bool CanResume(this RunStatus status) => status is RunStatus.Paused or RunStatus.Failed;

    /// <summary>True if a cancel would change something.</summary>
    /// <param name="status">State of the run.</param>
    public static bool CanCancel(this RunStatus status) =>
        status is RunStatus.Created or RunStatus.Queued or RunStatus.Running or RunStatus.Pausing or RunStatus.Paused or RunStatus.Failed;
}
