namespace Poa.Actors.Abstractions;

/// <summary>Where a training run stands. Legal transitions are those of the run's state machine.</summary>
public enum RunStatus
{
    /// <summary>Stored, not yet handed to the scheduler.</summary>
    Created,

    /// <summary>Waits for a free device, for the first time or to go on from its last checkpoint.</summary>
    Queued,

    /// <summary>A worker holds the lease and trains.</summary>
    Running,

    /// <summary>The worker was asked to write a checkpoint and stop.</summary>
    Pausing,

    /// <summary>Stopped on request; goes on with the resume command.</summary>
    Paused,

    /// <summary>The worker was asked to stop for good.</summary>
    Cancelling,

    /// <summary>All iterations are done and the last checkpoint is published.</summary>
    Completed,

    /// <summary>Stopped by an error; goes on from the last checkpoint with the resume command.</summary>
    Failed,

    /// <summary>Stopped for good on request.</summary>
    Cancelled,
}

/// <summary>Questions about <see cref="RunStatus"/>.</summary>
public static class RunStatusExtensions
{
    /// <summary>True if nothing happens to the run any more unless somebody asks for it.</summary>
    /// <param name="status">The status.</param>
    public static bool IsFinished(this RunStatus status) => status is RunStatus.Completed or RunStatus.Failed or RunStatus.Cancelled;

    /// <summary>True if the run waits for a device or has one.</summary>
    /// <param name="status">The status.</param>
    public static bool IsActive(this RunStatus status) =>
        status is RunStatus.Queued or RunStatus.Running or RunStatus.Pausing or RunStatus.Cancelling;
}
