using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>The anchors of all maps, one after the other.</summary>
/// <param name="grids">One per map, finest first.</param>
internal sealed class AnchorSet(IReadOnlyList<AnchorGrid> grids)
{
    /// <param name="maps">Height and width of each map.</param>
    /// <param name="device">Where.</param>
    /// <returns>[N, 4] of each map.</returns>
    public IReadOnlyList<Tensor> Boxes(IReadOnlyList<(long Height, long Width)> maps, Device device) =>
        [.. maps.Select((map, level) => grids[level].Boxes(map.Height, map.Width, device))];

    /// <summary>Places of the anchors that may be trained for an image: they begin within its padded size and lie inside it.</summary>
    /// <param name="boxes_N4">The anchors of all maps.</param>
    /// <param name="maps">Height and width of each map.</param>
    /// <param name="image">The image.</param>
    /// <returns>Ascending, int64.</returns>
    public Tensor Usable(Tensor boxes_N4, IReadOnlyList<(long Height, long Width)> maps, BatchImage image)
    {
        using var scope = NewDisposeScope();
        var valid_N = cat([.. maps.Select((map, level) => grids[level].Valid(map.Height, map.Width, image.Padded, boxes_N4.device))]);
        var inside_N = AnchorGrid.Inside(boxes_N4, image.Image, border: 0);
        return valid_N.logical_and_(inside_N).nonzero().squeeze(1).MoveToOuterDisposeScope();
    }
}
