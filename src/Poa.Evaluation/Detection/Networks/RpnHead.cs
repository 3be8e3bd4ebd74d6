using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>Says of every anchor whether it shows an object, and where exactly; the same weights for all maps. Parameter names are mmdet's.</summary>
internal sealed class RpnHead : nn.Module
{
    internal readonly Convolution rpn_conv;
    internal readonly Convolution rpn_cls;
    internal readonly Convolution rpn_reg;

    /// <param name="channels">Channels of the maps.</param>
    /// <param name="anchorsPerCell">Anchors A of a cell.</param>
    /// <param name="initialisation">Gives the weights.</param>
    internal RpnHead(int channels, int anchorsPerCell, Initialisation initialisation)
        : base(nameof(RpnHead))
    {
        rpn_conv = new(channels, channels, 3, hasBias: true, WeightStart.Classifier, initialisation);
        rpn_cls = new(channels, anchorsPerCell, 1, hasBias: true, WeightStart.Classifier, initialisation);
        rpn_reg = new(channels, 4 * anchorsPerCell, 1, hasBias: true, WeightStart.Classifier, initialisation);
        RegisterComponents();
    }

    /// <param name="map_BDHW">A map, [B, D, H, W].</param>
    /// <returns>Logits [B, A, H, W] and deltas [B, 4 A, H, W].</returns>
    internal (Tensor Scores_BAHW, Tensor Deltas_BAHW) Forward(Tensor map_BDHW)
    {
        using var scope = NewDisposeScope();
        var x = rpn_conv.Forward(map_BDHW).relu();
        return (rpn_cls.Forward(x).MoveToOuterDisposeScope(), rpn_reg.Forward(x).MoveToOuterDisposeScope());
    }
}
