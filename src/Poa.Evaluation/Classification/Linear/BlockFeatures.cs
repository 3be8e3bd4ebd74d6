using Poa.Elastic;
using Poa.Evaluation.Features;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>
/// What the classifiers of a probe see: per image the normed class tokens of the chosen blocks, oldest first, then the mean of the last
/// block's normed patch tokens. The input of a classifier on n blocks, with or without that mean, is one stretch of such a row. Stages take the
/// place of blocks in Swin and ResNet, always the last ones, and means over their outputs that of class tokens, as in the authors' code.
/// </summary>
internal sealed class BlockFeatures : IImageFeatures
{
    private readonly ElasticBackbone teacher;
    private readonly IReadOnlyList<SubNetwork> subNetworks;
    private readonly LinearProbeOptions options;

    public BlockFeatures(ElasticBackbone teacher, IReadOnlyList<SubNetwork> subNetworks, LinearProbeOptions options)
    {
        (this.teacher, this.subNetworks, this.options) = (teacher, subNetworks, options);
        Outputs = [.. subNetworks.Select(s => new FeatureOutput(s.ToString(), RowWidth(Widths(teacher, s, options))))];
        Device = teacher.parameters().First().device;
    }

    /// <inheritdoc/>
    public string Description => teacher is not ElasticViT
        ? "means over the outputs of the last stages, normed in Swin; that over the last once more in place of a mean of patch tokens"
        : options.Blocks == BlockChoice.Spaced
        ? "normed class tokens of the last block and of those at a quarter, half and three quarters of the depth; mean of the last block's normed patch tokens"
        : "normed class tokens of the last blocks; mean of the last block's normed patch tokens";

    /// <inheritdoc/>
    public IReadOnlyList<FeatureOutput> Outputs { get; }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <summary>Widths of the class tokens in a sub-network's row of features, oldest first.</summary>
    public static IReadOnlyList<int> Widths(ElasticBackbone teacher, SubNetwork subNetwork, LinearProbeOptions options)
    {
        var levels = teacher.LevelWidths(subNetwork);
        return [.. Places(teacher, levels.Count, options).Select(place => levels[place])];
    }

    /// <summary>Values of a row: the class tokens, then a mean as wide as the last.</summary>
    public static int RowWidth(IReadOnlyList<int> widths) => widths.Sum() + widths[^1];

    /// <inheritdoc/>
    public void Extract(Tensor images_BCHW, Action<int, Tensor> take)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        ArgumentNullException.ThrowIfNull(take);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (i, row_BF) in teacher.PooledBlocks(images_BCHW, subNetworks, levels => Places(teacher, levels, options)).Index())
        {
            take(i, row_BF);
        }
    }

    private static IReadOnlyList<int> Places(ElasticBackbone teacher, int levels, LinearProbeOptions options) =>
        ProbeBlocks.Of(levels, options.LastBlocks.Max(), teacher is ElasticViT ? options.Blocks : BlockChoice.Last);
}
