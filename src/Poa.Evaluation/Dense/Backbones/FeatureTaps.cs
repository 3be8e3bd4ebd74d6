namespace Poa.Evaluation.Dense.Backbones;

/// <summary>Which blocks of a plain ViT feed the four feature maps.</summary>
public static class FeatureTaps
{
    /// <summary>
    /// Indices from 0: 3, 5, 7, 11 of 12 blocks and 7, 11, 15, 23 of 24, as the authors' configurations have them, which is
    /// round(depth * (1/3, 1/2, 2/3, 1)) - 1 in both; the same rule for other depths. At least 0; a shallow network feeds several maps from
    /// one block.
    /// </summary>
    /// <param name="depth">Blocks of the network, at least 1.</param>
    public static IReadOnlyList<int> Of(int depth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        return [Tap(depth, 3), Tap(depth, 2), Math.Max(Round(2 * depth, 3) - 1, 0), depth - 1];
    }

    private static int Tap(int depth, int parts) => Math.Max(Round(depth, parts) - 1, 0);

    /// <summary>The quotient, rounded in integers with halves up.</summary>
    private static int Round(int value, int divisor) => ((2 * value) + divisor) / (2 * divisor);
}
