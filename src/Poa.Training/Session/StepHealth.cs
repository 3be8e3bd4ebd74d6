using System.Text.Json.Serialization;
using Poa.Elastic;

namespace Poa.Training.Session;

/// <summary>
/// How the last steps of a run went, as far as a guard must know: a function of the steps alone, so that all members of a formation, and a
/// run that goes on from a checkpoint, come to the same judgement at the same step.
/// </summary>
/// <param name="SkippedInARow">The last steps, one after the other, that changed nothing because loss or gradients were not finite somewhere.</param>
/// <param name="CollapsedInARow">The last steps that had effect, one after the other, whose targets' entropy was out of bounds.</param>
/// <param name="FairInARow">
/// The steps, one after the other, whose targets' entropy was within the bounds, up to the number that makes a collapse; from then on it stays. Before,
/// nothing is a collapse: an untrained network whose LayerScale is small gives all images nearly the same target, at once or when the centres have followed.
/// </param>
public sealed record StepHealth(long SkippedInARow, long CollapsedInARow, long FairInARow)
{
    /// <summary>Before the first step.</summary>
    public static StepHealth Untrained { get; } = new(0, 0, 0);

    /// <summary>Nothing was wrong with the last step.</summary>
    [JsonIgnore]
    public bool IsGood => SkippedInARow == 0 && CollapsedInARow == 0;

    /// <summary>After one more step.</summary>
    /// <param name="applied">It had effect.</param>
    /// <param name="targetEntropy">Of the teacher's targets, as a share of the largest possible. Says nothing where the step had no effect.</param>
    /// <param name="guard">The bounds.</param>
    public StepHealth After(bool applied, float targetEntropy, GuardOptions guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        if (!applied)
        {
            return this with { SkippedInARow = SkippedInARow + 1 };
        }

        return targetEntropy >= guard.EntropyMin && targetEntropy <= guard.EntropyMax ? new(0, 0, Math.Min(FairInARow + 1, guard.CollapsedSteps))
            : guard.CollapsedSteps > 0 && FairInARow >= guard.CollapsedSteps ? new(0, CollapsedInARow + 1, FairInARow)
            : Untrained;
    }

    /// <summary>Whether the run is to be rolled back.</summary>
    /// <param name="step">The last step.</param>
    /// <param name="targetEntropy">Of its targets.</param>
    /// <param name="guard">How many bad steps are too many.</param>
    /// <returns>What is wrong; null if the run may go on.</returns>
    public Divergence? Judge(long step, float targetEntropy, GuardOptions guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        return guard.SkippedSteps > 0 && SkippedInARow >= guard.SkippedSteps ? new(DivergenceKind.NotFinite, step - SkippedInARow + 1, step, targetEntropy)
            : guard.CollapsedSteps > 0 && CollapsedInARow >= guard.CollapsedSteps ? new(DivergenceKind.Collapsed, step - CollapsedInARow + 1, step, targetEntropy)
            : null;
    }
}

/// <summary>What is wrong with a run that has diverged.</summary>
public enum DivergenceKind
{
    /// <summary>Step after step, loss or gradients are not finite.</summary>
    NotFinite,

    /// <summary>Step after step, the entropy of the teacher's targets is out of its bounds.</summary>
    Collapsed,
}

/// <summary>A run has gone wrong for longer than its configuration allows.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="FirstStep">The first of the bad steps (the latest it can be, where steps without effect lie between).</param>
/// <param name="LastStep">The step at which it was noticed.</param>
/// <param name="TargetEntropy">Of the last step's targets; may be not a number.</param>
public sealed record Divergence(DivergenceKind Kind, long FirstStep, long LastStep, float TargetEntropy);
