using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>
/// Classifies regions and corrects their boxes: convolutions with batch norm, one fully connected layer, then scores of all classes and the
/// background, and four deltas per class. Parameter names are mmdet's (<c>Shared4Conv1FCBBoxHead</c>).
/// </summary>
internal sealed class BoxHead : nn.Module
{
    internal readonly ModuleList<ConvolutionUnit> shared_convs;
    internal readonly ModuleList<FullyConnected> shared_fcs;
    internal readonly FullyConnected fc_cls;
    internal readonly FullyConnected fc_reg;

    private const double ClassDeviation = 0.01;
    private const double DeltaDeviation = 0.001;

    /// <param name="options">Sizes.</param>
    /// <param name="classes">Classes C without the background.</param>
    /// <param name="initialisation">Gives the weights.</param>
    internal BoxHead(DetectorOptions options, int classes, Initialisation initialisation)
        : base(nameof(BoxHead))
    {
        shared_convs = new([.. Enumerable.Range(0, options.BoxConvolutions).Select(i =>
            new ConvolutionUnit(i == 0 ? options.PyramidChannels : options.BoxChannels, options.BoxChannels, 3, initialisation))]);
        var channels = options.BoxConvolutions == 0 ? options.PyramidChannels : options.BoxChannels;
        shared_fcs = new(new FullyConnected((long)channels * options.BoxRegionSize * options.BoxRegionSize, options.BoxUnits, initialisation));
        fc_cls = new(options.BoxUnits, classes + 1, initialisation, ClassDeviation);
        fc_reg = new(options.BoxUnits, 4 * classes, initialisation, DeltaDeviation);
        RegisterComponents();
    }

    /// <param name="regions_RDSS">Features of R regions, [R, D, S, S].</param>
    /// <returns>Logits [R, C + 1], the background last, and deltas [R, 4 C].</returns>
    internal (Tensor Scores_RC, Tensor Deltas_RC4) Forward(Tensor regions_RDSS)
    {
        using var scope = NewDisposeScope();
        var x = shared_convs.Aggregate(regions_RDSS, (features, unit) => unit.Forward(features)).flatten(1);
        x = shared_fcs.Aggregate(x, (features, layer) => layer.Forward(features).relu());
        return (fc_cls.Forward(x).MoveToOuterDisposeScope(), fc_reg.Forward(x).MoveToOuterDisposeScope());
    }
}
