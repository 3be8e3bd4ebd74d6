using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// The mask grid of the families with stages: masks are given for the cells of the up-sampled last map, and enlarged (nearest neighbour) to the
/// cells that are masked.
/// </summary>
internal static class MaskGrid
{
    /// <summary>Masks for the cells of a map.</summary>
    /// <param name="masks_BN">Bool [B, N], row by row.</param>
    /// <param name="batch">Images B.</param>
    /// <param name="height">Rows of the map.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="factor">Cells of the map along a side of one of the mask grid.</param>
    /// <returns>Bool [B, height, width]</returns>
    /// <exception cref="ArgumentException">The masks have another shape, or the map is not of whole cells of the mask grid.</exception>
    internal static Tensor Enlarge(Tensor masks_BN, long batch, long height, long width, long factor)
    {
        var (rows, columns) = (height / factor, width / factor);
        if (height % factor != 0 || width % factor != 0 || masks_BN.dtype != ScalarType.Bool || masks_BN.dim() != 2
            || masks_BN.shape[0] != batch || masks_BN.shape[1] != rows * columns)
        {
            throw new ArgumentException(
                $"The masks are {masks_BN.dtype} [{string.Join(", ", masks_BN.shape)}]; Bool [{batch}, N] is wanted, with a mask for each {factor} x {factor} of the {height} x {width} cells.",
                nameof(masks_BN));
        }

        return masks_BN.view(batch, rows, 1, columns, 1).expand(batch, rows, factor, columns, factor).reshape(batch, height, width);
    }

    /// <summary>The cells of a map, each repeated along both sides.</summary>
    /// <param name="map_BHWD">[B, H, W, D]</param>
    /// <param name="factor">How often along a side.</param>
    /// <returns>[B, H * factor * W * factor, D], row by row.</returns>
    internal static Tensor UpSample(Tensor map_BHWD, long factor)
    {
        var (batch, height, width, channels) = (map_BHWD.shape[0], map_BHWD.shape[1], map_BHWD.shape[2], map_BHWD.shape[3]);
        return map_BHWD.view(batch, height, 1, width, 1, channels)
            .expand(batch, height, factor, width, factor, channels)
            .reshape(batch, height * factor * width * factor, channels);
    }
}
