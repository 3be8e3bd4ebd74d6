using System.Globalization;
using Poa.Elastic;

namespace Poa.Actors;

/// <summary>When a run that has diverged goes back to which checkpoint, as functions of its state.</summary>
internal static class RunRollbacks
{
    /// <summary>How the run is to go on.</summary>
    public static RunCourse CourseOf(RunState state) => state.Rollbacks.IsEmpty
        ? RunCourse.Undisturbed
        : new([.. state.Rollbacks.Select(rollback => rollback.To)], state.Rollbacks[^1].LearningRateFactor);

    /// <summary>
    /// The next rollback: to the newest checkpoint that was written while all was well and from which a good step was taken since (the weights
    /// that the first bad step began with may be bad themselves). Where there is none the run begins anew.
    /// </summary>
    /// <returns>Null if the run has used up its rollbacks.</returns>
    public static RunRollback? Next(RunState state, TrainingDivergence divergence, GuardOptions guard, DateTimeOffset now) =>
        state.RollbacksSinceRequest >= guard.MaxRollbacks ? null : new(
            now,
            divergence.LastStep + 1,
            state.Checkpoints.Where(checkpoint => checkpoint.IsGood && checkpoint.Iteration < divergence.FirstStep).Select(checkpoint => checkpoint.Iteration).DefaultIfEmpty(0).Max(),
            Describe(divergence),
            CourseOf(state).LearningRateFactor * guard.LearningRateFactor);

    /// <summary>The state after a rollback: what lies behind its checkpoint is no longer part of the run.</summary>
    public static RunState Apply(RunState state, RunRollback rollback) => state with
    {
        Rollbacks = state.Rollbacks.Add(rollback),
        RollbacksSinceRequest = state.RollbacksSinceRequest + 1,
        Checkpoints = state.Checkpoints.RemoveAll(checkpoint => checkpoint.Iteration > rollback.To),
    };

    /// <summary>
    /// Checkpoints that a rollback may go to while training goes wrong: the two newest good ones, of which the newer may turn out to be where
    /// it began. None while all is well: then the newest ones are kept anyway.
    /// </summary>
    public static IEnumerable<long> Needed(RunState state) => state.Checkpoints is [.., { IsGood: false }]
        ? state.Checkpoints.Where(checkpoint => checkpoint.IsGood).TakeLast(2).Select(checkpoint => checkpoint.Iteration)
        : [];

    /// <summary>What has gone wrong, in words.</summary>
    public static string Describe(TrainingDivergence divergence)
    {
        var steps = $"steps {divergence.FirstStep} to {divergence.LastStep}";
        return divergence.Kind switch
        {
            TrainingDivergenceKind.NotFinite => $"Loss or gradients of {steps} were not finite",
            _ => string.Create(CultureInfo.InvariantCulture, $"The teacher has collapsed: the entropy of its targets was out of bounds in {steps}, at the end {divergence.TargetEntropy:0.####} of log(prototypes)"),
        };
    }
}
