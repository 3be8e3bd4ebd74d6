using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Losses;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>What one student gives for a batch: log-probabilities per head branch, and its global class tokens.</summary>
/// <param name="Global_2BK">Per branch, both global crops, crop-major.</param>
/// <param name="Local_nBK">Per branch, the local crops, crop-major; empty without local crops.</param>
/// <param name="Patches_MK">Per branch, the masked patches; empty without a masked-patch loss.</param>
/// <param name="ClassTokens_2BD">Class tokens of the global crops.</param>
/// <param name="Embeddings_2BE">Embeddings of the global crops, for a frozen teacher; null without one.</param>
internal sealed record StudentOutput(Tensor[] Global_2BK, Tensor[] Local_nBK, Tensor[] Patches_MK, Tensor ClassTokens_2BD, Tensor? Embeddings_2BE);

/// <summary>A student's pass: masked global crops and local crops as one packed forward, then one head call for all rows.</summary>
internal static class StudentPass
{
    /// <param name="model">Its student runs.</param>
    /// <param name="shard">The shard's input.</param>
    /// <param name="subNetwork">The intact network or an elastic one.</param>
    /// <param name="student">0 for the intact one, 1 for the elastic one.</param>
    /// <param name="masked">Whether masked patches are replaced by the mask token.</param>
    /// <param name="patches">Whether the masked-patch loss counts.</param>
    public static StudentOutput Run(PoaModel model, ShardInput shard, SubNetwork subNetwork, int student, bool masked, bool patches)
    {
        using var scope = NewDisposeScope();
        var (backbone, batch) = (model.Student.Backbone, shard.Batch);
        var draw = shard.DrawOf(model.Configuration);
        var dropPath = backbone.DropPathRates is { } rates ? new DropPathPlan(rates, model.Configuration.Train.Seed, batch.Iteration, shard.BranchOf(student)) : null;
        var globalInput = new BackboneInput(batch.GlobalCrops, masked ? batch.Masks : null);
        var outputs = backbone.Forward(batch.LocalCrops is null ? [globalInput] : [globalInput, new BackboneInput(batch.LocalCrops)], subNetwork, dropPath, draw);
        var patchRows = patches ? outputs[0].PatchTokens.flatten(0, 1).index_select(0, batch.MaskIndices) : null;
        var (byClass, byPatch) = model.Student.Project([.. outputs.Select(output => output.ClassToken)], patchRows, backbone.FeatureChannels(subNetwork, draw), CrossEntropy.LogProbabilities);
        var result = new StudentOutput(
            [.. byClass.Select(parts => parts[0])],
            batch.LocalCrops is null ? [] : [.. byClass.Select(parts => parts[1])],
            byPatch,
            outputs[0].ClassToken,
            model.Student.Embed(outputs[0].ClassToken));
        foreach (var tensor in (Tensor?[])[.. result.Global_2BK, .. result.Local_nBK, .. result.Patches_MK, result.ClassTokens_2BD, result.Embeddings_2BE])
        {
            tensor?.MoveToOuterDisposeScope();
        }

        return result;
    }
}
