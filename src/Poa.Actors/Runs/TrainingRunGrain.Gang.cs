namespace Poa.Actors;

/// <summary>
/// What the run asks of the scheduler when one of several shards stops, fails or is missed. The scheduler finds out most of it by
/// itself; a message that is lost is made good by the watchdog, by the next checkpoint, or by a report that is refused.
/// </summary>
internal sealed partial class TrainingRunGrain
{
    private bool IsGang => State.Specification is { Shards: > 1 };

    /// <summary>One member has stopped: the others cannot go on without it.</summary>
    private Task RegroupAsync() => AskAsync(scheduler => scheduler.RegroupAsync(WorkItemId, State.Lease.FencingToken));

    /// <summary>One member has failed: the leases of the others are void.</summary>
    private Task DisbandAsync(WorkError error) => AskAsync(scheduler => scheduler.DisbandAsync(WorkItemId, State.Lease.FencingToken, error));

    /// <summary>A checkpoint is the time to take in shards that have come back.</summary>
    private Task GrowAsync(RunCheckpoint checkpoint) =>
        State.Status == RunStatus.Running && !checkpoint.IsFinal && State.Others.Length + 1 < State.Specification!.Shards
            ? AskAsync(scheduler => scheduler.GrowAsync(WorkItemId, State.Lease.FencingToken))
            : Task.CompletedTask;

    private async Task AskAsync(Func<ISchedulerGrain, Task> ask)
    {
        if (!IsGang)
        {
            return;
        }

        try
        {
            await ask(GrainFactory.Scheduler());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogWatchdogFailed(e, Id);
        }
    }
}
