using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Convolution = Poa.Evaluation.Dense.Layers.Convolution;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>Draws masks of regions, one per class: convolutions, one that doubles the size, a classifier of cells. Parameter names are mmdet's (<c>FCNMaskHead</c>).</summary>
internal sealed class MaskHead : nn.Module
{
    internal readonly ModuleList<ConvolutionUnit> convs;
    internal readonly TransposedConvolution upsample;
    internal readonly Convolution conv_logits;

    /// <param name="options">Sizes.</param>
    /// <param name="classes">Classes C.</param>
    /// <param name="initialisation">Gives the weights.</param>
    internal MaskHead(DetectorOptions options, int classes, Initialisation initialisation)
        : base(nameof(MaskHead))
    {
        convs = new([.. Enumerable.Range(0, options.MaskConvolutions).Select(i =>
            new ConvolutionUnit(i == 0 ? options.PyramidChannels : options.MaskChannels, options.MaskChannels, 3, initialisation, hasNorm: false))]);
        var channels = options.MaskConvolutions == 0 ? options.PyramidChannels : options.MaskChannels;
        upsample = new(channels, options.MaskChannels, initialisation, WeightStart.KaimingFanOut);
        conv_logits = new(options.MaskChannels, classes, 1, hasBias: true, WeightStart.KaimingFanOut, initialisation);
        RegisterComponents();
    }

    /// <param name="regions_RDSS">Features of R regions, [R, D, S, S].</param>
    /// <returns>Logits [R, C, 2 S, 2 S].</returns>
    internal Tensor Forward(Tensor regions_RDSS)
    {
        using var scope = NewDisposeScope();
        var x = convs.Aggregate(regions_RDSS, (features, unit) => unit.Forward(features));
        return conv_logits.Forward(upsample.Forward(x).relu()).MoveToOuterDisposeScope();
    }
}
