using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation.Heads;

/// <summary>One 1 x 1 convolution over all maps, resized to the first one's size and put side by side (mmseg's FCNHead without convolutions).</summary>
internal sealed class LinearHead : SegmentationHead
{
    /// <param name="inChannels">Channels of each map.</param>
    /// <param name="classes">K</param>
    /// <param name="initialisation">Gives the weights.</param>
    internal LinearHead(IReadOnlyList<int> inChannels, int classes, Initialisation initialisation)
        : base(nameof(LinearHead), inChannels.Sum(), classes, dropout: 0, place: 0, initialisation) => RegisterComponents();

    /// <inheritdoc/>
    protected override Tensor Features(IReadOnlyList<Tensor> maps) =>
        cat([.. maps.Select(map => Resizing.Bilinear(map, maps[0].shape[2], maps[0].shape[3]))], 1);
}
