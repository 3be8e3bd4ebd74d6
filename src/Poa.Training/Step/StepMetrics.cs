using Poa.Elastic;

namespace Poa.Training.Step;

/// <summary>What one step measured. Losses are the float32 values of the computation, bit for bit.</summary>
/// <param name="Iteration">The step, from 0.</param>
/// <param name="SubNetworks">The elastic student of each virtual shard.</param>
/// <param name="Loss">The optimised total, as the mean over virtual shards; so are the terms.</param>
/// <param name="Terms">
/// The displayed terms under the names of the authors' code, one per head branch i: <c>dino_local_crops_loss_i</c>,
/// <c>dino_global_crops_loss_i</c>, <c>distill_local_crops_loss_i</c>, <c>distill_global_crops_loss_i</c>, <c>ibot_loss_i</c>,
/// <c>koleo_loss</c>, and ours, <c>seed_loss</c>. As there, those of <c>ibot</c> and <c>koleo</c> are shown at half of their value, so the sum is not the optimised total.
/// </param>
/// <param name="GradientNorms">L2 norm of the mean gradient before clipping of each sub-module: <c>backbone</c>, <c>dino_head</c>, <c>ibot_head</c>.</param>
/// <param name="TargetEntropy">Mean entropy of the teacher's targets as a share of the largest possible: near 0 or 1 where the teacher has collapsed.</param>
/// <param name="Applied">False where loss or gradients were not finite, on any virtual shard: the step then changed nothing, on no member.</param>
/// <param name="StopAsked">A member was asked to stop: all do after this step.</param>
public sealed record StepMetrics(
    long Iteration,
    IReadOnlyList<SubNetwork> SubNetworks,
    float Loss,
    IReadOnlyDictionary<string, float> Terms,
    IReadOnlyDictionary<string, double> GradientNorms,
    float TargetEntropy,
    bool Applied,
    bool StopAsked = false);
