using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>
/// Which sub-network the elastic student is at each step: every cell of the grid stands in a list as often as its multiplicity says
/// (small ones more often), the intact network's last entry is left out, and the list is walked through in random order again and again:
/// sampling without replacement (arXiv 2408.01031 §3.2). A pure function of seed, iteration and shard.
/// </summary>
public sealed class ElasticSampler
{
    private readonly long _seed;
    private readonly ImmutableArray<SubNetwork> _list;
    private Walk? _lastWalk;

    /// <param name="grid">The grid to draw from.</param>
    /// <param name="netSelectScale">student.net_select_scale: weight of the smallest width and of the smallest depth, relative to the largest.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="ArgumentException">Nothing is left to draw once the intact network is taken out.</exception>
    public ElasticSampler(ISubNetworkGrid grid, double netSelectScale, long seed)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(netSelectScale);
        if (grid.SubNetworks.Count < 2)
        {
            throw new ArgumentException($"The grid holds nothing beside the intact network {grid.Intact}: elastic training takes at least two sub-networks.", nameof(grid));
        }

        _seed = seed;
        var widthScales = grid.WeighsWidths ? Linspace.Of(netSelectScale, 1, grid.Widths.Count) : [.. Enumerable.Repeat(1.0, grid.Widths.Count)];
        var depthScales = Linspace.Of(netSelectScale, 1, grid.Depths.Count);
        ImmutableArray<(SubNetwork SubNetwork, int Multiplicity)> multiplicities =
        [
            .. from w in Enumerable.Range(0, grid.Widths.Count)
               from d in Enumerable.Range(0, grid.Depths.Count)
               select (new SubNetwork(grid.Widths[w], grid.Depths[d]), (int)Math.Round(widthScales[w] * depthScales[d], MidpointRounding.ToEven)),
        ];
        Multiplicities = multiplicities;
        _list = [.. multiplicities.SelectMany(entry => Enumerable.Repeat(entry.SubNetwork, entry.Multiplicity)).SkipLast(1)];
    }

    /// <summary>How often each cell stands in the list, in the grid's order, the intact network included.</summary>
    public IReadOnlyList<(SubNetwork SubNetwork, int Multiplicity)> Multiplicities { get; }

    /// <summary>Steps of one walk through the list.</summary>
    public int WalkLength => _list.Length;

    /// <summary>The elastic student of one step on one shard.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The iteration is negative.</exception>
    public SubNetwork At(long iteration, int shard = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iteration);
        var (epoch, place) = Math.DivRem(iteration, WalkLength);

        // The last walk is kept only to save its shuffle; another thread may replace it, which changes no answer.
        var walk = Volatile.Read(ref _lastWalk);
        if (walk is null || walk.Epoch != epoch || walk.Shard != shard)
        {
            walk = new Walk(epoch, shard, Randomness.For(_seed, RandomPurpose.ElasticSampling, epoch, shard).Permutation(WalkLength));
            Volatile.Write(ref _lastWalk, walk);
        }

        return _list[walk.Order[place]];
    }

    private sealed record Walk(long Epoch, int Shard, int[] Order);
}
