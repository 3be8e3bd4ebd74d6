using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Patches of an image, or entries of a position table, by rows and columns.</summary>
/// <param name="Rows">Along the height.</param>
/// <param name="Columns">Along the width.</param>
public readonly record struct TokenGrid(int Rows, int Columns)
{
    /// <summary>Rows times columns.</summary>
    public long Count => (long)Rows * Columns;
}

/// <summary>
/// Position embeddings for images of another size than the table was made for: bicubic (A = -0.75), align_corners false, no antialiasing,
/// edges repeated. Two rules, which sample at different places: at run time, as in the authors' code (and DINO's), the scale factors are
/// (patches + 0.1) / grid, and they, not the ratio of the sizes, determine the sampling coordinates; when the authors load a checkpoint for
/// a dense task, the ratio of the sizes does.
/// </summary>
public static class PositionResampling
{
    private const double A = -0.75;
    private const double RunTimeOffset = 0.1;

    /// <summary>The position embedding of an image, by the run-time rule, from a square table.</summary>
    /// <param name="positions_1TD">The table, class position first: [1, 1 + G * G, D].</param>
    /// <param name="height">Height of the image in pixels.</param>
    /// <param name="width">Width of the image in pixels.</param>
    /// <param name="patch">Side of a patch in pixels.</param>
    /// <returns>[1, 1 + N, D]; the table itself for as many patches as it has, provided the image is square.</returns>
    internal static Tensor Of(Tensor positions_1TD, long height, long width, int patch)
    {
        var wanted = new TokenGrid((int)(height / patch), (int)(width / patch));
        var count = positions_1TD.shape[1] - 1;
        if (wanted.Count == count && height == width)
        {
            return positions_1TD;
        }

        var side = (int)Math.Sqrt(count);
        return AtRunTime(positions_1TD, new TokenGrid(side, side), wanted);
    }

    /// <summary>Resamples by the run-time rule, even where the grids are equal: whether to skip it then is the caller's rule.</summary>
    /// <param name="positions_1TD">The table, class position first: [1, 1 + stored.Count, D].</param>
    /// <param name="stored">Its grid.</param>
    /// <param name="wanted">The image's grid.</param>
    /// <returns>[1, 1 + wanted.Count, D]; gradients flow to the table.</returns>
    public static Tensor AtRunTime(Tensor positions_1TD, TokenGrid stored, TokenGrid wanted) =>
        Resample(positions_1TD, stored, wanted, RunTimeOffset);

    /// <summary>Resamples by the rule for loading a checkpoint: by target size.</summary>
    /// <inheritdoc cref="AtRunTime"/>
    public static Tensor AtLoad(Tensor positions_1TD, TokenGrid stored, TokenGrid wanted) => Resample(positions_1TD, stored, wanted, 0);

    private static Tensor Resample(Tensor positions_1TD, TokenGrid stored, TokenGrid wanted, double offset)
    {
        ArgumentNullException.ThrowIfNull(positions_1TD);
        if (positions_1TD.dim() != 3 || positions_1TD.shape[1] != 1 + stored.Count)
        {
            throw new ArgumentException(
                $"A position table of {stored.Rows} x {stored.Columns} patches has shape [1, {1 + stored.Count}, D]; this one has [{string.Join(", ", positions_1TD.shape)}].",
                nameof(positions_1TD));
        }

        using var scope = NewDisposeScope();
        var dim = positions_1TD.shape[2];
        var patches = positions_1TD.narrow(1, 1, stored.Count).reshape(stored.Rows, stored.Columns * dim);
        var byRow = Weights(stored.Rows, wanted.Rows, offset, patches).matmul(patches).view(wanted.Rows, stored.Columns, dim);
        var resized = Weights(stored.Columns, wanted.Columns, offset, patches).matmul(byRow).view(1, wanted.Count, dim);
        return cat([positions_1TD.narrow(1, 0, 1), resized], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Weights of the <paramref name="from"/> grid points in each of <paramref name="to"/> samples, [to, from], like <paramref name="like"/>.</summary>
    private static Tensor Weights(long from, long to, double offset, Tensor like)
    {
        var step = from / (to + offset);
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
