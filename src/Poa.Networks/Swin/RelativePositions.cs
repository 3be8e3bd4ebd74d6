using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Places in a table of relative-position biases (arXiv 2103.14030 §3.2).</summary>
internal static class RelativePositions
{
    /// <summary>Entries of the table for a window of a size.</summary>
    internal static long TableLength(int window) => ((2L * window) - 1) * ((2L * window) - 1);

    /// <summary>The biases of all pairs of a window's cells.</summary>
    /// <param name="table_EA">The table, [E, A]: one column for each of A heads.</param>
    /// <param name="index_NN">From <see cref="Index(int, Device)"/>.</param>
    /// <returns>[A, N, N]</returns>
    internal static Tensor Of(Tensor table_EA, Tensor index_NN)
    {
        using var scope = NewDisposeScope();
        var cells = index_NN.shape[0];
        return table_EA.index_select(0, index_NN.view(-1)).view(cells, cells, -1).permute(2, 0, 1).MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Index(int)"/> as a tensor.</summary>
    /// <param name="window">Side of a window; N = window^2.</param>
    /// <param name="device">Where the table lies.</param>
    /// <returns>int64 [N, N]</returns>
    internal static Tensor Index(int window, Device device) => tensor(Index(window), device: device).view((long)window * window, (long)window * window);

    /// <summary>
    /// For each pair of a window's cells, row by row, the table's row: (dy + w - 1) * (2w - 1) + dx + w - 1, where dy and dx are by how much the first
    /// cell is below and to the right of the second.
    /// </summary>
    /// <param name="window">Side w of a window.</param>
    /// <returns>w^2 * w^2 numbers.</returns>
    internal static long[] Index(int window)
    {
        var cells = window * window;
        var index = new long[cells * cells];
        for (var first = 0; first < cells; first++)
        {
            for (var second = 0; second < cells; second++)
            {
                var (down, right) = ((first / window) - (second / window), (first % window) - (second % window));
                index[(first * cells) + second] = ((down + window - 1) * ((2L * window) - 1)) + right + window - 1;
            }
        }

        return index;
    }
}
