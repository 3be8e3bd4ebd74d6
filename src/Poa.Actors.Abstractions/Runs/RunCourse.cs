using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>
/// The rollbacks behind a run, which decide how it goes on. What was trained after the checkpoint that a rollback went to is cut off: checkpoints
/// of it may still be there, but are no longer part of the run.
/// </summary>
/// <param name="Targets">The checkpoint that each rollback went to, by iteration, oldest first.</param>
/// <param name="LearningRateFactor">Factor on the scheduled learning rate, in (0, 1].</param>
[GenerateSerializer, Immutable, Alias("poa.RunCourse")]
public sealed record RunCourse([property: Id(0)] ImmutableArray<long> Targets, [property: Id(1)] double LearningRateFactor)
{
    /// <summary>No rollback.</summary>
    public static RunCourse Undisturbed { get; } = new([], 1);

    /// <summary>Whether a checkpoint is part of the run, and not cut off by a rollback.</summary>
    /// <param name="rollbacks">How many rollbacks were behind the run when it was written.</param>
    /// <param name="iteration">Its iteration.</param>
    public bool Contains(int rollbacks, long iteration) => Targets.Skip(rollbacks).All(target => iteration <= target);
}

/// <summary>A run was taken back to an earlier checkpoint, and goes on from it with a lower learning rate.</summary>
/// <param name="Time">When it was decided.</param>
/// <param name="From">Steps that the run had taken.</param>
/// <param name="To">Iteration of the checkpoint.</param>
/// <param name="Reason">What had gone wrong, for people.</param>
/// <param name="LearningRateFactor">Factor on the scheduled learning rate from here on, those of earlier rollbacks included.</param>
[GenerateSerializer, Immutable, Alias("poa.RunRollback")]
public sealed record RunRollback(
    [property: Id(0)] DateTimeOffset Time,
    [property: Id(1)] long From,
    [property: Id(2)] long To,
    [property: Id(3)] string Reason,
    [property: Id(4)] double LearningRateFactor);

/// <summary>What is wrong with a training that has diverged.</summary>
public enum TrainingDivergenceKind
{
    /// <summary>Step after step, loss or gradients are not finite, so that steps have no effect.</summary>
    NotFinite,

    /// <summary>Step after step, the teacher's targets are all even or all decided: it has collapsed.</summary>
    Collapsed,
}

/// <summary>A training has gone wrong for longer than the run's configuration allows.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="FirstStep">The first of the bad steps.</param>
/// <param name="LastStep">The step at which it was noticed.</param>
/// <param name="TargetEntropy">Mean entropy of the last step's targets as a share of the largest possible; null if it is not finite.</param>
[GenerateSerializer, Immutable, Alias("poa.TrainingDivergence")]
public sealed record TrainingDivergence(
    [property: Id(0)] TrainingDivergenceKind Kind,
    [property: Id(1)] long FirstStep,
    [property: Id(2)] long LastStep,
    [property: Id(3)] double? TargetEntropy = null);
