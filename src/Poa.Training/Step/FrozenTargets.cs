using Poa.Training.Exchange;
using Poa.Training.Losses;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>What a frozen teacher finds in the global crops of a virtual shard.</summary>
/// <param name="Embeddings_2BE">Its embeddings, crop-major.</param>
/// <param name="Targets_2BN">How similar they are to themselves and to the queue, see <see cref="SimilarityDistillation"/>.</param>
internal sealed record FrozenView(Tensor Embeddings_2BE, Tensor Targets_2BN);

/// <summary>The first phase of a step that distils a frozen teacher, in place of <see cref="TeacherTargets"/>.</summary>
internal static class FrozenTargets
{
    /// <summary>
    /// Targets of each of this member's shards, all of them against the queue as it was before the step. The embeddings of the whole batch are proposed to
    /// it in the order of shards, so that it is the same on all members.
    /// </summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="queue">Its earlier embeddings.</param>
    /// <param name="temperature">Of its similarities.</param>
    /// <param name="shards">This member's.</param>
    /// <param name="group">The shards of all members.</param>
    public static IReadOnlyList<ShardTargets> Compute(
        FrozenTeacher teacher, EmbeddingQueue queue, double temperature, IReadOnlyList<ShardInput> shards, ShardGroup group)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] embeddings = [.. shards.Select(shard => teacher.Embed(shard.Batch.GlobalCrops))];
        queue.Propose(group.GatherRows(embeddings));
        return
        [
            .. embeddings.Select(own_2BE =>
            {
                var targets_2BN = SimilarityDistillation.Targets(own_2BE, queue.Rows_LE, temperature);
                var entropy = TargetEntropy.Of(targets_2BN).view(1);
                return new ShardTargets([], [], entropy.MoveToOuterDisposeScope())
                {
                    Frozen = new(own_2BE.MoveToOuterDisposeScope(), targets_2BN.MoveToOuterDisposeScope()),
                };
            }),
        ];
    }
}
