#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>guard</c> (ours): when a run that has gone wrong is taken back to a good checkpoint.</summary>
public sealed record GuardOptions
{
    [ConfigurationKey("skipped_steps", "So many steps in a row without effect, since loss or gradients are not finite, roll the run back; 0 never does.", Min = 0)]
    public long SkippedSteps { get; init; } = 20;

    [ConfigurationKey("collapsed_steps", "So many steps in a row with an entropy of the teacher's targets out of its bounds roll the run back, once there were as many within them; 0 never does.", Min = 0)]
    public long CollapsedSteps { get; init; } = 300;

    [ConfigurationKey("entropy_min", "Least mean entropy of the teacher's class-token targets, as a share of log(prototypes): below it they name one prototype each.", Min = 0, Max = 1, MaxExclusive = true)]
    public double EntropyMin { get; init; } = 0.01;

    [ConfigurationKey("entropy_max", "Greatest mean entropy of the teacher's class-token targets, as a share of log(prototypes): above it all images have the same even target.", Min = 0, Max = 1, MinExclusive = true)]
    public double EntropyMax { get; init; } = 0.999;

    [ConfigurationKey("learning_rate_factor", "Factor on the learning rate from a rollback on; those of several multiply.", Min = 0, Max = 1, MinExclusive = true, MaxExclusive = true)]
    public double LearningRateFactor { get; init; } = 0.5;

    [ConfigurationKey("max_rollbacks", "Rollbacks before the run fails instead; a run that is resumed then has as many again.", Min = 0)]
    public int MaxRollbacks { get; init; } = 3;
}
