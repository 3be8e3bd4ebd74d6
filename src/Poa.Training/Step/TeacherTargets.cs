using Poa.Elastic;
using Poa.Training.Batching;
using Poa.Training.Losses;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>One head branch's targets for the students; no gradient flows through them.</summary>
/// <param name="Swapped_2BK">Class-token targets of the second global crops, then of the first: row by row the other view of a student's row.</param>
/// <param name="Sum_BK">The two summed per image, for the local crops, which are matched with both.</param>
/// <param name="WeightedPatches_MK">Masked patches' targets times their weights, or null without a masked-patch loss.</param>
internal sealed record BranchTargets(Tensor? Swapped_2BK, Tensor? Sum_BK, Tensor? WeightedPatches_MK);

/// <summary>The teacher's pass: intact network, both global crops, unmasked, without stochastic depth (arXiv 2408.01031 §3.3).</summary>
internal static class TeacherTargets
{
    /// <summary>Targets of each head branch. Centres are proposed, not yet changed.</summary>
    /// <param name="model">Its teacher runs.</param>
    /// <param name="losses">Targets that no loss asks for are null.</param>
    /// <param name="batch">The step's input.</param>
    /// <param name="temperature">Teacher temperature.</param>
    /// <param name="patches">Whether the masked-patch loss counts.</param>
    public static IReadOnlyList<BranchTargets> Compute(PoaModel model, LossSettings losses, TrainingBatch batch, double temperature, bool patches)
    {
        var branches = model.ClassCentres.Centres.Count;
        var classTokens = losses.ClassToken > 0;
        if (!classTokens && !patches)
        {
            return [.. Enumerable.Repeat(new BranchTargets(null, null, null), branches)];
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var output = model.Teacher.Backbone.Forward(batch.GlobalCrops, model.Teacher.Backbone.Grid.Intact);
        var crops = output.ClassToken.split(batch.ImageCount, 0);
        var patchRows = patches ? output.PatchTokens.flatten(0, 1).index_select(0, batch.MaskIndices) : null;
        var (classScores, patchScores) = model.Teacher.Project([cat([crops[1], crops[0]], 0)], patchRows, static scores => scores);

        var centring = model.Configuration.Train.Centering == TeacherCentering.Centering;
        Tensor Targets(TeacherCentres centres, int branch, Tensor scores) =>
            centring ? centres.Targets(branch, scores, temperature) : SinkhornKnopp.Assign(scores, temperature);

        return
        [
            .. Enumerable.Range(0, branches).Select(i =>
            {
                var swapped = classTokens ? Targets(model.ClassCentres, i, classScores[i][0]).MoveToOuterDisposeScope() : null;
                var sum = swapped is null || batch.LocalCrops is null ? null : swapped.view(2, batch.ImageCount, -1).sum([0L]).MoveToOuterDisposeScope();
                var weighted = patches
                    ? Targets(model.PatchCentres, i, patchScores[i]).mul_(batch.MaskWeights.unsqueeze(1)).MoveToOuterDisposeScope()
                    : null;
                return new BranchTargets(swapped, sum, weighted);
            }),
        ];
    }
}
