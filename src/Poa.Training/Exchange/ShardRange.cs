namespace Poa.Training.Exchange;

/// <summary>Virtual shards that one member of a formation computes.</summary>
/// <param name="First">Number of the first.</param>
/// <param name="Count">How many, one after the other.</param>
public readonly record struct ShardRange(int First, int Count)
{
    /// <summary>The share of a member: neighbours, as even as can be.</summary>
    /// <param name="rank">The member.</param>
    /// <param name="world">Members in all, at most <paramref name="total"/>.</param>
    /// <param name="total">Virtual shards in all.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more members than virtual shards, or no such member.</exception>
    public static ShardRange Of(int rank, int world, int total)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(world, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, world);
        if (world > total)
        {
            throw new ArgumentOutOfRangeException(
                nameof(world), world, $"There are {total} virtual shards (train.virtual_shards) for {world} members; each member needs one at least.");
        }

        var first = (int)((long)rank * total / world);
        return new(first, (int)((rank + 1L) * total / world) - first);
    }
}
