using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>Which blocks of the intact network a shallower one keeps.</summary>
public static class BlockSelection
{
    /// <summary>
    /// Block indices of a sub-network of <paramref name="depth"/> blocks, spread evenly so that the
    /// first and, from depth 2 on, the last block are always kept (arXiv 2408.01031 §3.2, elastic depth).
    /// </summary>
    /// <param name="maxDepth">Blocks of the intact network, at least 1.</param>
    /// <param name="depth">Blocks in the sub-network, in [1, <paramref name="maxDepth"/>].</param>
    /// <returns>Strictly increasing indices in [0, maxDepth).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A depth is out of range.</exception>
    public static ImmutableArray<int> KeptBlocks(int maxDepth, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, maxDepth);

        // Truncated doubles, as the authors compute it: an integer floor differs for some depths (31 blocks, 23 kept).
        return [.. Linspace.Of(0, maxDepth - 1, depth).Select(position => (int)position)];
    }
}
