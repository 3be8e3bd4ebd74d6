namespace Poa.Evaluation.Classification.Linear;

/// <summary>Which blocks "the last n" are.</summary>
public enum BlockChoice
{
    /// <summary>
    /// The authors' code (their models' intermediate layers, which their linear evaluation reads): the last block, and before it those
    /// at round-half-to-even(depth / 4 * i) for i = 5 - n .. 3.
    /// </summary>
    Spaced,

    /// <summary>DINOv2: the n blocks at the end.</summary>
    Last,
}

/// <summary>Places of the blocks that a linear probe reads.</summary>
public static class ProbeBlocks
{
    /// <summary>
    /// Places among the blocks of a network, increasing; the last is the network's last. A network too shallow for
    /// <paramref name="count"/> distinct places has fewer (the authors' code fails there): with <see cref="BlockChoice.Spaced"/> and four
    /// blocks asked for that is so below 6 blocks.
    /// </summary>
    /// <param name="depth">Blocks of the network, at least 1.</param>
    /// <param name="count">Blocks asked for, at least 1; at most 4 for <see cref="BlockChoice.Spaced"/>.</param>
    /// <param name="choice">Which ones.</param>
    public static IReadOnlyList<int> Of(int depth, int count, BlockChoice choice)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (choice == BlockChoice.Last)
        {
            return [.. Enumerable.Range(depth - Math.Min(count, depth), Math.Min(count, depth))];
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 4);
        return
        [
            .. Enumerable.Range(5 - count, count - 1)
                .Select(i => (int)Math.Round(depth / 4.0 * i, MidpointRounding.ToEven))
                .Append(depth - 1)
                .Where(place => place < depth)
                .Distinct(),
        ];
    }
}
