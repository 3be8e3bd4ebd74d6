using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>
/// The sub-networks of an elastic ViT: widths from min to max in steps of head_dim * width_interval, depths from min to max
/// in steps of depth_interval. The paper's grid has 11 x 13 = 143.
/// </summary>
public sealed class ViTGrid : ISubNetworkGrid
{
    private static readonly NamedSubNetwork[] PresetNames =
        [new("S", new(384, 12)), new("B", new(768, 12)), new("L", new(1024, 24))];

    private readonly ImmutableArray<int> _widths;
    private readonly ImmutableArray<int> _depths;
    private readonly ImmutableArray<SubNetwork> _subNetworks;
    private readonly ImmutableArray<NamedSubNetwork> _named;

    /// <exception cref="ArgumentException">The architecture's ranges are not a grid whose last cell is the intact network.</exception>
    public ViTGrid(ViTArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Architecture = architecture;
        ArgumentOutOfRangeException.ThrowIfLessThan(architecture.HeadDim, 1);
        _widths = Steps("width", architecture.MinEmbedDim, architecture.MaxEmbedDim, architecture.HeadDim * architecture.WidthInterval);
        _depths = Steps("depth", architecture.MinDepth, architecture.MaxDepth, architecture.DepthInterval);
        if (_widths.FirstOrDefault(w => w % architecture.HeadDim != 0) is var odd and not 0)
        {
            throw new ArgumentException($"Width {odd} is not a multiple of head_dim {architecture.HeadDim}.", nameof(architecture));
        }

        _subNetworks = [.. from w in _widths from d in _depths select new SubNetwork(w, d)];
        _named =
        [
            new("smallest", Smallest),
            new("middle", new(_widths[(_widths.Length - 1) / 2], _depths[(_depths.Length - 1) / 2])),
            new("intact", Intact),
            .. PresetNames.Where(preset => Contains(preset.SubNetwork)),
        ];
    }

    /// <summary>The architecture the grid was made from.</summary>
    public ViTArchitecture Architecture { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SubNetwork> SubNetworks => _subNetworks;

    /// <inheritdoc/>
    public IReadOnlyList<int> Widths => _widths;

    /// <inheritdoc/>
    public IReadOnlyList<int> Depths => _depths;

    /// <inheritdoc/>
    public SubNetwork Smallest => _subNetworks[0];

    /// <inheritdoc/>
    public SubNetwork Intact => _subNetworks[^1];

    /// <inheritdoc/>
    public IReadOnlyList<NamedSubNetwork> Named => _named;

    /// <inheritdoc/>
    public bool Contains(SubNetwork subNetwork) =>
        _widths.BinarySearch(subNetwork.Width) >= 0 && _depths.BinarySearch(subNetwork.Depth) >= 0;

    /// <summary>
    /// Reads <c>384x12</c>, <c>smallest</c>, <c>middle</c>, <c>intact</c>, or the paper's <c>S</c> (384x12), <c>B</c> (768x12),
    /// <c>L</c> (1024x24) where the grid has them.
    /// </summary>
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
    public SubNetworkCost CostOf(SubNetwork subNetwork, int imageSize) =>
        Contains(subNetwork)
            ? ViTCost.Of(Architecture, subNetwork, imageSize)
            : throw new ArgumentException($"The grid has no sub-network {subNetwork}. {Legal()}", nameof(subNetwork));

    private string Legal()
    {
        var presets = PresetNames.Where(preset => Contains(preset.SubNetwork)).Select(preset => $", {preset.Name} ({preset.SubNetwork})");
        var depths = _depths.Length > 1 && Architecture.DepthInterval == 1
            ? $"{_depths[0]} to {_depths[^1]}"
            : string.Join(", ", _depths);
        return $"Widths: {string.Join(", ", _widths)}; depths: {depths}; also smallest, middle, intact{string.Concat(presets)}.";
    }

    private static ImmutableArray<int> Steps(string what, int min, int max, int step)
    {
        if (min < 1 || max < min || step < 1 || (max - min) % step != 0)
        {
            throw new ArgumentException(
                $"The {what}s from {min} to {max} in steps of {step} are not a grid: it takes 1 <= min <= max, a positive step, and a step that meets the maximum.");
        }

        return [.. Enumerable.Range(0, ((max - min) / step) + 1).Select(i => min + (i * step))];
    }
}
