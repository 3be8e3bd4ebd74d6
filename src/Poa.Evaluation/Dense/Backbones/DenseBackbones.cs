using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Backbones;

/// <summary>The backbones of dense tasks, by the family of the extracted network.</summary>
internal static class DenseBackbones
{
    /// <summary>A backbone with copies of the weights.</summary>
    /// <param name="configuration">Shape of the extracted network.</param>
    /// <param name="weights">Its weights by the names of its weight file.</param>
    /// <param name="source">Where the weights come from, for errors.</param>
    /// <param name="options">How it serves the task; pyramid and positions are a ViT's only.</param>
    /// <param name="device">Where it lives.</param>
    public static DenseBackbone Create(
        PlainConfiguration configuration, IReadOnlyDictionary<string, Tensor> weights, string source, ViTBackboneOptions options, Device device) =>
        configuration is PlainStageConfiguration stages
            ? new StageBackbone(stages, weights, source, options.IsFrozen, options.DropPathRate, device)
            : new ViTBackbone((PlainViTConfiguration)configuration, weights, source, options, device);

    /// <summary>Blocks of a ViT that feed the maps, or all stages.</summary>
    public static IReadOnlyList<int> TapsOf(PlainConfiguration configuration) => configuration is PlainStageConfiguration stages
        ? [.. Enumerable.Range(0, stages.Depths.Length)]
        : FeatureTaps.Of(((PlainViTConfiguration)configuration).Depth);

    /// <summary>Strides of the maps in pixels.</summary>
    public static IReadOnlyList<double> StridesOf(PlainConfiguration configuration, bool hasPyramid) => configuration is PlainStageConfiguration stages
        ? [.. stages.StageStrides.Select(stride => (double)stride)]
        : TokenPyramid.StridesOf(((PlainViTConfiguration)configuration).PatchSize, hasPyramid);
}
