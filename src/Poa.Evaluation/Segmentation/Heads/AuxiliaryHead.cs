using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation.Heads;

/// <summary>A 3 x 3 convolution and a classifier on the third map, which only helps training (mmseg's FCNHead with one convolution).</summary>
internal sealed class AuxiliaryHead : SegmentationHead
{
    internal readonly ModuleList<ConvolutionUnit> convs;

    private const int Map = 2;

    /// <param name="inChannels">Channels of each map.</param>
    /// <param name="channels">Channels of the head; 256 in the reference.</param>
    /// <param name="classes">K</param>
    /// <param name="dropout">See <see cref="SegmentationHead"/>.</param>
    /// <param name="initialisation">Gives the weights.</param>
    internal AuxiliaryHead(IReadOnlyList<int> inChannels, int channels, int classes, double dropout, Initialisation initialisation)
        : base(nameof(AuxiliaryHead), channels, classes, dropout, place: 1, initialisation)
    {
        convs = new ModuleList<ConvolutionUnit>(new ConvolutionUnit(inChannels[Map], channels, 3, initialisation));
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Features(IReadOnlyList<Tensor> maps) => convs[0].Forward(maps[Map]);
}
