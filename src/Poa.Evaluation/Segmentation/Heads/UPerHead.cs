using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation.Heads;

/// <summary>
/// The head of UperNet (arXiv 1807.10221): pyramid pooling on the coarsest map, a top-down path, all levels resized to the finest and put
/// side by side. All resizing is bilinear.
/// </summary>
internal sealed class UPerHead : SegmentationHead
{
    internal readonly ModuleList<Numbered> psp_modules;
    internal readonly ConvolutionUnit bottleneck;
    internal readonly ModuleList<ConvolutionUnit> lateral_convs;
    internal readonly ModuleList<ConvolutionUnit> fpn_convs;
    internal readonly ConvolutionUnit fpn_bottleneck;

    private readonly IReadOnlyList<int> poolScales;

    /// <param name="inChannels">Channels of each map, finest first.</param>
    /// <param name="channels">Channels of the head; the backbone's width in the reference.</param>
    /// <param name="classes">K</param>
    /// <param name="poolScales">Sides of the pooled maps; 1, 2, 3, 6 in the reference.</param>
    /// <param name="dropout">See <see cref="SegmentationHead"/>.</param>
    /// <param name="initialisation">Gives the weights.</param>
    internal UPerHead(
        IReadOnlyList<int> inChannels, int channels, int classes, IReadOnlyList<int> poolScales, double dropout, Initialisation initialisation)
        : base(nameof(UPerHead), channels, classes, dropout, place: 0, initialisation)
    {
        this.poolScales = poolScales;
        var (levels, coarsest) = (inChannels.Count, inChannels[^1]);
        psp_modules = new ModuleList<Numbered>([.. poolScales.Select(_ => new Numbered((1, Unit(coarsest, 1))))]);
        bottleneck = Unit(coarsest + (poolScales.Count * channels), 3);
        lateral_convs = new ModuleList<ConvolutionUnit>([.. inChannels.Take(levels - 1).Select(c => Unit(c, 1))]);
        fpn_convs = new ModuleList<ConvolutionUnit>([.. inChannels.Take(levels - 1).Select(_ => Unit(channels, 3))]);
        fpn_bottleneck = Unit(levels * channels, 3);
        RegisterComponents();

        ConvolutionUnit Unit(int from, int kernel) => new(from, channels, kernel, initialisation);
    }

    /// <inheritdoc/>
    protected override Tensor Features(IReadOnlyList<Tensor> maps)
    {
        Tensor[] merged = [.. lateral_convs.Select((conv, i) => conv.Forward(maps[i])), Pooled(maps[^1])];
        for (var i = merged.Length - 1; i > 0; i--)
        {
            merged[i - 1] = merged[i - 1].Plus(Resizing.Bilinear(merged[i], merged[i - 1].shape[2], merged[i - 1].shape[3]));
        }

        Tensor[] levels = [.. fpn_convs.Select((conv, i) => conv.Forward(merged[i])), merged[^1]];
        var (height, width) = (levels[0].shape[2], levels[0].shape[3]);
        return fpn_bottleneck.Forward(cat([.. levels.Select(level => Resizing.Bilinear(level, height, width))], 1));
    }

    private Tensor Pooled(Tensor map_BCHW)
    {
        var (height, width) = (map_BCHW.shape[2], map_BCHW.shape[3]);
        var pooled = poolScales.Select((scale, i) =>
        {
            var small = nn.functional.adaptive_avg_pool2d(map_BCHW, [scale, scale]);
            return Resizing.Bilinear(((ConvolutionUnit)psp_modules[i][1]).Forward(small), height, width);
        });
        return bottleneck.Forward(cat([map_BCHW, .. pooled], 1));
    }
}
