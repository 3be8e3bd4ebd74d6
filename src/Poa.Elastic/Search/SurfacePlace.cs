namespace Poa.Elastic;

/// <summary>Where a sub-network stands among those of its grid.</summary>
/// <param name="Width">Width, from 0 for the least of the grid to 1 for the most.</param>
/// <param name="Depth">Blocks in all, likewise.</param>
/// <param name="Size">Logarithm of what it costs, less the mean over the grid, in standard deviations.</param>
internal readonly record struct SurfacePlace(double Width, double Depth, double Size)
{
    /// <summary>Distance in width and depth.</summary>
    public double DistanceTo(SurfacePlace other) => Math.Sqrt(Math.Pow(Width - other.Width, 2) + Math.Pow(Depth - other.Depth, 2));

    /// <summary>The places of all sub-networks of a grid.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="cost">What each costs, above 0.</param>
    public static IReadOnlyDictionary<SubNetwork, SurfacePlace> Of(ISubNetworkGrid grid, Func<SubNetwork, long> cost)
    {
        double[] sizes = [.. grid.SubNetworks.Select(cell => Math.Log(cost(cell)))];
        var mean = sizes.Average();
        int[] blocks = [.. grid.Depths.Select(depth => depth.Blocks).Order()];
        var deviation = Math.Sqrt(sizes.Average(size => Math.Pow(size - mean, 2)));
        return grid.SubNetworks.Index().ToDictionary(cell => cell.Item, cell => new SurfacePlace(
            Share(cell.Item.Width, grid.Widths), Share(cell.Item.Depth.Blocks, blocks), deviation == 0 ? 0 : (sizes[cell.Index] - mean) / deviation));
    }

    private static double Share(int value, IReadOnlyList<int> range) => range.Count == 1 ? 0 : (value - range[0]) / (double)(range[^1] - range[0]);
}
