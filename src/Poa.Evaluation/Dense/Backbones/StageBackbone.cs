using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Backbones;

/// <summary>
/// An extracted Swin or ResNet as the backbone of a dense task: its four maps are the outputs of its stages, normed in Swin, as mmdet and mmseg
/// have them. Parameter names are those of its weight file.
/// </summary>
public sealed class StageBackbone : DenseBackbone
{
    private readonly TrainableStages network;
    private readonly double dropPathRate;

    /// <param name="configuration">Shape of the extracted network.</param>
    /// <param name="weights">Its weights, for instance from <see cref="Extraction.PlainWeights(ElasticBackbone, Elastic.SubNetwork)"/>; copied.</param>
    /// <param name="source">Where the weights come from, for errors.</param>
    /// <param name="isFrozen">Whether the weights stay as they are.</param>
    /// <param name="dropPathRate">Drop-path rate of the last block, in [0, 1), rising linearly from 0 in the first; a ResNet has none.</param>
    /// <param name="device">Where it lives; the CPU by default.</param>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public StageBackbone(
        PlainStageConfiguration configuration, IReadOnlyDictionary<string, Tensor> weights, string source, bool isFrozen, double dropPathRate, Device? device = null)
        : base(nameof(StageBackbone))
    {
        ArgumentNullException.ThrowIfNull(configuration);
        network = new TrainableStages(configuration, weights, source, device);
        (IsFrozen, this.dropPathRate) = (isFrozen, configuration is PlainSwinConfiguration ? dropPathRate : 0);
        Maps = [.. configuration.StageWidths.Zip(configuration.StageStrides, (channels, stride) => new FeatureMap(channels, stride))];
        foreach (var (name, parameter) in network.named_parameters())
        {
            parameter.requires_grad_(!isFrozen);
            register_parameter(name, parameter);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FeatureMap> Maps { get; }

    /// <inheritdoc/>
    public override int Layers => network.Configuration.BlockCount;

    /// <inheritdoc/>
    public override bool IsFrozen { get; }

    /// <inheritdoc/>
    public override int SizeDivisor => network.Configuration.SizeDivisor;

    /// <inheritdoc/>
    public override int LayerOf(string parameter) => network.Configuration.LayerOf(parameter);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Forward(Tensor images_BCHW, StepKey? step)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        using var scope = NewDisposeScope();
        using var noGrad = IsFrozen ? no_grad() : null;
        var (height, width) = (images_BCHW.shape[2] / SizeDivisor * SizeDivisor, images_BCHW.shape[3] / SizeDivisor * SizeDivisor);
        var dropPath = IsFrozen || step is null || dropPathRate == 0
            ? null
            : new IndependentDropPath(Layers, dropPathRate, step.Seed, step.Iteration, (int)images_BCHW.shape[0]);
        return [.. network.StageMaps(images_BCHW.narrow(2, 0, height).narrow(3, 0, width), dropPath).Select(map => map.MoveToOuterDisposeScope())];
    }
}
