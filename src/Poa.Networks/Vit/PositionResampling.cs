using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// Position embeddings for images of another size than the table was made for: bicubic (A = -0.75), align_corners false, no antialiasing,
/// edges repeated, from the square grid of side G. As in the authors' code (and DINO's), the scale factors are (patches + 0.1) / G, and
/// they, not the ratio of the sizes, determine the sampling coordinates.
/// </summary>
internal static class PositionResampling
{
    private const double A = -0.75;
    private const double Offset = 0.1;

    /// <summary>The position embedding of an image.</summary>
    /// <param name="positions_1TD">The table, class position first: [1, 1 + G * G, D].</param>
    /// <param name="height">Height of the image in pixels.</param>
    /// <param name="width">Width of the image in pixels.</param>
    /// <param name="patch">Side of a patch in pixels.</param>
    /// <returns>[1, 1 + N, D]; the table itself for as many patches as it has, provided the image is square.</returns>
    internal static Tensor Of(Tensor positions_1TD, long height, long width, int patch)
    {
        var (rows, columns) = (height / patch, width / patch);
        var count = positions_1TD.shape[1] - 1;
        if (rows * columns == count && height == width)
        {
            return positions_1TD;
        }

        using var scope = NewDisposeScope();
        var side = (long)Math.Sqrt(count);
        var dim = positions_1TD.shape[2];
        var patches = positions_1TD.narrow(1, 1, count).reshape(side, side * dim);
        var byRow = Weights(side, rows, patches).matmul(patches).view(rows, side, dim);
        var resized = Weights(side, columns, patches).matmul(byRow).view(1, rows * columns, dim);
        return cat([positions_1TD.narrow(1, 0, 1), resized], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Weights of the <paramref name="from"/> grid points in each of <paramref name="to"/> samples, [to, from], like <paramref name="like"/>.</summary>
    private static Tensor Weights(long from, long to, Tensor like)
    {
        var step = from / (to + Offset);
        var weights = new double[to, from];
        for (var i = 0; i < to; i++)
        {
            var position = ((i + 0.5) * step) - 0.5;
            var first = Math.Floor(position);
            for (var tap = -1; tap <= 2; tap++)
            {
                var point = Math.Clamp((long)first + tap, 0, from - 1);
                weights[i, point] += Cubic(Math.Abs(position - (first + tap)));
            }
        }

        return tensor(weights, dtype: like.dtype, device: like.device);
    }

    /// <summary>Keys' cubic convolution kernel at a distance of 0 to 2.</summary>
    private static double Cubic(double x) => x <= 1
        ? (((((A + 2) * x) - (A + 3)) * x) * x) + 1
        : (((((A * x) - (5 * A)) * x) + (8 * A)) * x) - (4 * A);
}
