namespace Poa.Actors;

/// <summary>
/// How often and how long a run is tried again after faults that another try may survive, as functions of its state. A fault of the work itself
/// would soon come to nothing but heat: its tries are counted. What happens around it (workers that are lost, one at a time or all together, a store
/// that is away) says nothing about the run: it waits, a little longer each time, until things are well again.
/// </summary>
internal static class RunRetries
{
    /// <summary>The state after a fault.</summary>
    public static RunState Note(RunState state, WorkError error, DateTimeOffset now) => state with
    {
        Failures = state.Failures + 1,
        OwnFailures = state.OwnFailures + (IsOfInfrastructure(error) ? 0 : 1),
        FailingSince = state.FailingSince ?? now,
    };

    /// <summary>The state once the run has come further, or somebody wants it tried afresh.</summary>
    public static RunState Forget(RunState state) => state with { Failures = 0, OwnFailures = 0, FailingSince = null };

    /// <summary>Why it is not tried again, as it can follow the error; null if it is.</summary>
    public static string? WhyNoMore(RunState state, PoaActorsOptions options, DateTimeOffset now) => state switch
    {
        _ when state.OwnFailures > options.MaxRunRetries => $"This was failure {state.OwnFailures} without a new checkpoint in between.",
        _ when state.Failures > options.MaxRunRetries && now - state.FailingSince > options.RunPatience =>
            $"There was no new checkpoint in {state.Failures} tries and {options.RunPatience.TotalHours:0.#} hours.",
        _ => null,
    };

    private static bool IsOfInfrastructure(WorkError error) => error.Code is ErrorCodes.WorkerLost or ErrorCodes.ShardLost or ErrorCodes.StorageFailed;
}
