using Poa.Elastic;

namespace Poa.Data.Loading;

/// <summary>
/// The order in which a run visits its images: one random permutation of the set after the other. A function of seed and
/// position only, so that a run may be entered anywhere. Safe for several threads.
/// </summary>
public sealed class DataOrder
{
    private readonly Lock gate = new();
    private readonly long seed;

    // Batches that are prepared ahead may reach into the next pass while the last one is still in use.
    private (long Pass, int[] Order) current = (-1, []);
    private (long Pass, int[] Order) previous = (-1, []);

    /// <param name="count">Images in the set, at least 1.</param>
    /// <param name="seed">The run's seed.</param>
    public DataOrder(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        this.seed = seed;
    }

    /// <summary>Images in the set.</summary>
    public int Count { get; }

    /// <summary>The image at <paramref name="position"/>, counted from the start of the run over all batches and shards.</summary>
    public int At(long position)
    {
        var (pass, place) = Math.DivRem(position, Count);
        return OrderOf(pass)[(int)place];
    }

    private int[] OrderOf(long pass)
    {
        lock (gate)
        {
            if (previous.Pass == pass)
            {
                return previous.Order;
            }

            if (current.Pass != pass)
            {
                previous = current;
                current = (pass, Randomness.For(seed, RandomPurpose.DataOrder, pass).Permutation(Count));
            }

            return current.Order;
        }
    }
}
