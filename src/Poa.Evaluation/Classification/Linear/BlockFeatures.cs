using Poa.Elastic;
using Poa.Evaluation.Features;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>
/// What the classifiers of a probe see: per image the normed class tokens of the chosen blocks, oldest first, then the mean of the last
/// block's normed patch tokens. The input of a classifier on n blocks, with or without that mean, is one stretch of such a row.
/// </summary>
internal sealed class BlockFeatures : IImageFeatures
{
    private readonly ElasticViT teacher;
    private readonly IReadOnlyList<SubNetwork> subNetworks;
    private readonly LinearProbeOptions options;

    public BlockFeatures(ElasticViT teacher, IReadOnlyList<SubNetwork> subNetworks, LinearProbeOptions options)
    {
        (this.teacher, this.subNetworks, this.options) = (teacher, subNetworks, options);
        Outputs = [.. subNetworks.Select(s => new FeatureOutput(s.ToString(), (Places(s.Depth).Count + 1) * s.Width))];
        Device = teacher.parameters().First().device;
    }

    /// <inheritdoc/>
    public string Description => options.Blocks == BlockChoice.Spaced
        ? "normed class tokens of the last block and of those at a quarter, half and three quarters of the depth; mean of the last block's normed patch tokens"
        : "normed class tokens of the last blocks; mean of the last block's normed patch tokens";

    /// <inheritdoc/>
    public IReadOnlyList<FeatureOutput> Outputs { get; }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <summary>The blocks of a network of some depth that are read.</summary>
    public IReadOnlyList<int> Places(int depth) => ProbeBlocks.Of(depth, options.LastBlocks.Max(), options.Blocks);

    /// <inheritdoc/>
    public void Extract(Tensor images_BCHW, Action<int, Tensor> take)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        ArgumentNullException.ThrowIfNull(take);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (i, row_BF) in teacher.PooledBlocks(images_BCHW, subNetworks, Places).Index())
        {
            take(i, row_BF);
        }
    }
}
