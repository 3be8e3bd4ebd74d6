using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>What the teacher's heads give for a virtual shard.</summary>
/// <param name="Swapped_2BK">Per branch, class tokens of the second global crops, then of the first: row by row the other view of a student's row.</param>
/// <param name="Patches_MK">Per branch, the masked patches; no rows where no loss asks for them.</param>
internal sealed record TeacherScores(Tensor[] Swapped_2BK, Tensor[] Patches_MK);

/// <summary>The teacher's pass: usually the intact network, both global crops, unmasked, without stochastic depth (arXiv 2408.01031 §3.3).</summary>
internal static class TeacherPass
{
    /// <param name="model">Its teacher runs.</param>
    /// <param name="shard">The shard's input.</param>
    /// <param name="subNetwork">The intact network, or an elastic teacher's.</param>
    /// <param name="patches">Whether the masked-patch loss counts.</param>
    public static TeacherScores Run(PoaModel model, ShardInput shard, SubNetwork subNetwork, bool patches)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (backbone, batch, draw) = (model.Teacher.Backbone, shard.Batch, shard.DrawOf(model.Configuration));
        var output = backbone.Forward([new BackboneInput(batch.GlobalCrops)], subNetwork, draw: draw)[0];
        var crops = output.ClassToken.split(batch.ImageCount, 0);
        var patchRows = patches ? output.PatchTokens.flatten(0, 1).index_select(0, batch.MaskIndices) : null;
        var (classScores, patchScores) = model.Teacher.Project([cat([crops[1], crops[0]], 0)], patchRows, backbone.FeatureChannels(subNetwork, draw), static scores => scores);
        var scores = new TeacherScores(
            [.. classScores.Select(groups => groups[0])],
            patches ? patchScores : [.. model.PatchCentres.Centres.Select(centre => zeros(0, centre.shape[1], device: model.Device))]);
        foreach (var tensor in scores.Swapped_2BK.Concat(scores.Patches_MK))
        {
            tensor.MoveToOuterDisposeScope();
        }

        return scores;
    }
}
