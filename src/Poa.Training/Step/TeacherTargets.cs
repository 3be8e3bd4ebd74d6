using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Exchange;
using Poa.Training.Losses;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>One head branch's targets for the students of a virtual shard; no gradient flows through them.</summary>
/// <param name="Swapped_2BK">
/// Class-token targets of the second global crops, then of the first: row by row the other view of a student's row. Where heads count by entropy, times
/// the branch's weight for the row and the number of branches (the losses are means over branches, and linear in their targets).
/// </param>
/// <param name="Sum_BK">The two summed per image, for the local crops, which are matched with both.</param>
/// <param name="WeightedPatches_MK">Masked patches' targets times their weights, or null without a masked-patch loss.</param>
internal sealed record BranchTargets(Tensor? Swapped_2BK, Tensor? Sum_BK, Tensor? WeightedPatches_MK);

/// <summary>What the students of a virtual shard are to come to.</summary>
/// <param name="Intact">The intact student's, by head branch.</param>
/// <param name="Elastic">The elastic student's, by head branch: the same, or those of an elastic teacher.</param>
/// <param name="Entropy">Mean <see cref="TargetEntropy"/> over the branches' class-token targets (those of patches, where there is no class-token loss); 0 without targets.</param>
internal sealed record ShardTargets(IReadOnlyList<BranchTargets> Intact, IReadOnlyList<BranchTargets> Elastic, Tensor Entropy)
{
    /// <summary>What a frozen teacher finds, where there is one; there are no branches then.</summary>
    public FrozenView? Frozen { get; init; }
}

/// <summary>
/// The first phase of a step: the teacher on all virtual shards, and targets that are assigned over all of them at once. As in the authors'
/// code, what is global is the sums of Sinkhorn-Knopp and the centres (there all-reduced over GPUs: <c>dino_clstoken_loss.py</c>,
/// <c>ibot_patch_loss.py</c>); all losses, KoLeo's neighbours and the weights of masked patches are of one shard by itself.
/// </summary>
internal static class TeacherTargets
{
    /// <summary>Targets of each of this member's shards. Centres are proposed, not yet changed.</summary>
    /// <param name="model">Its teacher runs.</param>
    /// <param name="losses">Targets that no loss asks for are null.</param>
    /// <param name="shards">This member's.</param>
    /// <param name="schedule">Teacher temperature, and whether the masked-patch loss counts.</param>
    /// <param name="group">The shards of all members.</param>
    public static IReadOnlyList<ShardTargets> Compute(
        PoaModel model, LossSettings losses, IReadOnlyList<ShardInput> shards, StepSchedule schedule, ShardGroup group)
    {
        var intact = new Teacher(model.ClassCentres, model.PatchCentres, IsElastic: false);
        if (model.ElasticCentres is not var (classes, patches))
        {
            return [.. Compute(intact).Select(shard => new ShardTargets(shard.Branches, shard.Branches, shard.Entropy))];
        }

        // Only the elastic student has an elastic teacher's targets: without an intact student the intact teacher is not asked.
        var ofElastic = Compute(new Teacher(classes, patches, IsElastic: true));
        var ofIntact = losses.Intact is null ? ofElastic : Compute(intact);
        return [.. ofIntact.Zip(ofElastic, (mine, elastic) => new ShardTargets(mine.Branches, elastic.Branches, mine.Entropy))];

        IReadOnlyList<TeacherShard> Compute(Teacher teacher) => OfTeacher(model, teacher, losses, shards, schedule, group);
    }

    private static IReadOnlyList<TeacherShard> OfTeacher(
        PoaModel model, Teacher teacher, LossSettings losses, IReadOnlyList<ShardInput> shards, StepSchedule schedule, ShardGroup group)
    {
        var branches = model.ClassCentres.Centres.Count;
        var (classTokens, patches) = (losses.ClassToken > 0, losses.MaskedPatch > 0 && schedule.MasksActive);
        if (!classTokens && !patches)
        {
            return [.. shards.Select(_ => new TeacherShard([.. Enumerable.Repeat(new BranchTargets(null, null, null), branches)], zeros(1, device: model.Device)))];
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        TeacherScores[] scores = [.. shards.Select(shard => TeacherPass.Run(model, shard, teacher.IsElastic ? shard.Elastic : model.Teacher.Backbone.Grid.Intact, patches && shard.HasMasks(schedule)))];
        var problems = new List<AssignmentProblem>();
        for (var branch = 0; branch < branches; branch++)
        {
            var i = branch;
            if (classTokens)
            {
                problems.Add(new(teacher.Classes, i, [.. scores.Select(score => score.Swapped_2BK[i])]));
            }

            if (patches)
            {
                problems.Add(new(teacher.Patches, i, [.. scores.Select(score => score.Patches_MK[i])]));
            }
        }

        var assigned = model.Configuration.Train.Centering == TeacherCentering.Centering
            ? Centring.Assign(problems, schedule.TeacherTemperature, group)
            : SinkhornKnopp.Assign([.. problems.Select(problem => problem.Logits)], schedule.TeacherTemperature, group);
        Tensor? Of(TeacherCentres centres, int branch, int shard)
        {
            var at = problems.FindIndex(problem => problem.Centres == centres && problem.Branch == branch);
            return at >= 0 && assigned[at][shard].shape[0] > 0 ? assigned[at][shard] : null;
        }

        // Before patches are weighted, which is done in place.
        Tensor[] entropies =
        [
            .. shards.Select((_, s) =>
            {
                Tensor[] decided = [.. Enumerable.Range(0, branches).Select(branch => Of(classTokens ? teacher.Classes : teacher.Patches, branch, s)).OfType<Tensor>()];
                return decided.Length == 0
                    ? zeros(1, device: model.Device).MoveToOuterDisposeScope()
                    : stack(decided.Select(TargetEntropy.Of)).mean().view(1).MoveToOuterDisposeScope();
            }),
        ];
        Tensor[]? weights = classTokens && schedule.EntropyTemperature is { } temperature
            ? [.. shards.Select((_, s) => HeadWeights.ByEntropy([.. Enumerable.Range(0, branches).Select(branch => Of(teacher.Classes, branch, s)!)], temperature).Times(branches))]
            : null;
        return
        [
            .. shards.Select((shard, s) => new TeacherShard([.. Enumerable.Range(0, branches).Select(branch =>
            {
                var swapped = Of(teacher.Classes, branch, s);
                swapped = (weights is null ? swapped : swapped?.mul_(weights[s].narrow(1, branch, 1)))?.MoveToOuterDisposeScope();
                var sum = swapped is null || shard.Batch.LocalCrops is null
                    ? null
                    : swapped.view(2, shard.Batch.ImageCount, -1).sum([0L]).MoveToOuterDisposeScope();
                var weighted = Of(teacher.Patches, branch, s)?.mul_(shard.Batch.MaskWeights.unsqueeze(1)).MoveToOuterDisposeScope();
                return new BranchTargets(swapped, sum, weighted);
            })], entropies[s])),
        ];
    }

    /// <summary>A teacher, with centres of its own.</summary>
    /// <param name="Classes">Centres of class tokens.</param>
    /// <param name="Patches">Centres of patch tokens.</param>
    /// <param name="IsElastic">Whether it is the sub-network that each shard's elastic student is.</param>
    private sealed record Teacher(TeacherCentres Classes, TeacherCentres Patches, bool IsElastic);

    private sealed record TeacherShard(IReadOnlyList<BranchTargets> Branches, Tensor Entropy);
}
