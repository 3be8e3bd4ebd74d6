using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>A grid of all pairs of some widths and depths.</summary>
public abstract class SubNetworkGrid : ISubNetworkGrid
{
    // More depths than this are described by the first and the last one.
    private const int MaxListed = 24;

    private readonly ImmutableArray<int> _widths;
    private readonly ImmutableArray<NetworkDepth> _depths;
    private readonly ImmutableArray<SubNetwork> _subNetworks;
    private readonly ImmutableArray<NamedSubNetwork> _presets;
    private readonly ImmutableArray<NamedSubNetwork> _named;

    /// <param name="widths">Ascending, at least one.</param>
    /// <param name="depths">Ascending, at least one.</param>
    /// <param name="presets">Published sizes; those that the grid lacks are left out.</param>
    private protected SubNetworkGrid(ImmutableArray<int> widths, ImmutableArray<NetworkDepth> depths, IEnumerable<NamedSubNetwork> presets)
    {
        (_widths, _depths) = (widths, depths);
        _subNetworks = [.. from width in widths from depth in depths select new SubNetwork(width, depth)];
        _presets = [.. presets.Where(preset => Contains(preset.SubNetwork))];
        _named =
        [
            new("smallest", Smallest),
            new("middle", new(widths[(widths.Length - 1) / 2], depths[(depths.Length - 1) / 2])),
            new("intact", Intact),
            .. _presets,
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<SubNetwork> SubNetworks => _subNetworks;

    /// <inheritdoc/>
    public IReadOnlyList<int> Widths => _widths;

    /// <inheritdoc/>
    public IReadOnlyList<NetworkDepth> Depths => _depths;

    /// <inheritdoc/>
    public abstract string WidthUnit { get; }

    /// <inheritdoc/>
    public abstract string DepthUnit { get; }

    /// <inheritdoc/>
    public virtual bool WeighsWidths => true;

    /// <inheritdoc/>
    public SubNetwork Smallest => _subNetworks[0];

    /// <inheritdoc/>
    public SubNetwork Intact => _subNetworks[^1];

    /// <inheritdoc/>
    public IReadOnlyList<NamedSubNetwork> Named => _named;

    /// <inheritdoc/>
    public bool Contains(SubNetwork subNetwork) =>
        _widths.BinarySearch(subNetwork.Width) >= 0 && _depths.BinarySearch(subNetwork.Depth) >= 0;

    /// <inheritdoc/>
    public SubNetwork Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var (alias, subNetwork) in _named)
        {
            if (string.Equals(name.Trim(), alias, StringComparison.OrdinalIgnoreCase))
            {
                return subNetwork;
            }
        }

        if (!SubNetwork.TryParse(name, out var parsed))
        {
            throw new FormatException($"'{name}' is not a sub-network; write WIDTHxDEPTH, for example {Smallest}. {Legal()}");
        }

        return Contains(parsed) ? parsed : throw new FormatException($"The grid has no sub-network {parsed}. {Legal()}");
    }

    /// <inheritdoc/>
    public abstract int FeatureWidth(SubNetwork subNetwork);

    /// <inheritdoc/>
    public SubNetworkCost CostOf(SubNetwork subNetwork, int imageSize) =>
        Contains(subNetwork)
            ? Count(subNetwork, imageSize)
            : throw new ArgumentException($"The grid has no sub-network {subNetwork}. {Legal()}", nameof(subNetwork));

    /// <summary><see cref="CostOf"/> of a sub-network that the grid has.</summary>
    private protected abstract SubNetworkCost Count(SubNetwork subNetwork, int imageSize);

    /// <summary>Numbers from <paramref name="min"/> to <paramref name="max"/>.</summary>
    /// <param name="what">What they are, for the error.</param>
    /// <param name="min">The first.</param>
    /// <param name="max">The last.</param>
    /// <param name="step">From each to the next.</param>
    /// <exception cref="ArgumentException">The steps do not meet the maximum.</exception>
    private protected static ImmutableArray<int> Steps(string what, int min, int max, int step)
    {
        if (min < 1 || max < min || step < 1 || (max - min) % step != 0)
        {
            throw new ArgumentException(
                $"The {what}s from {min} to {max} in steps of {step} are not a grid: it takes 1 <= min <= max, a positive step, and a step that meets the maximum.");
        }

        return [.. Enumerable.Range(0, ((max - min) / step) + 1).Select(i => min + (i * step))];
    }

    /// <summary>Widths from <paramref name="min"/> to <paramref name="max"/>, each of whole heads.</summary>
    /// <exception cref="ArgumentException">They are not a grid.</exception>
    private protected static ImmutableArray<int> HeadSteps(int min, int max, int headDim, int interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(headDim, 1);
        var widths = Steps("width", min, max, headDim * interval);
        return widths.FirstOrDefault(width => width % headDim != 0) is var odd and not 0
            ? throw new ArgumentException($"Width {odd} is not a multiple of head_dim {headDim}.")
            : widths;
    }

    private string Legal()
    {
        var isRun = _depths.Length > 1 && _depths[0].Stages.IsEmpty && _depths[^1].Blocks - _depths[0].Blocks == _depths.Length - 1;
        var depths = isRun || _depths.Length > MaxListed ? $"{_depths[0]} to {_depths[^1]}" : string.Join(", ", _depths);
        return $"Widths: {string.Join(", ", _widths)}; depths: {depths}; also smallest, middle, intact{string.Concat(_presets.Select(preset => $", {preset.Name} ({preset.SubNetwork})"))}.";
    }
}
