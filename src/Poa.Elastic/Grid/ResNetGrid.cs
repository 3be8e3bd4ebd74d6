using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>
/// The sub-networks of an elastic ResNet: middle channels of the first stage from base_channels to twice that in steps of num_gn_groups *
/// width_interval, depths of each stage from min to max in steps of depth_interval, in the order of their sum. The default grid has
/// 3 x 155 = 465, with ResNet-50 (64x3-4-6-3), ResNet-101 (64x3-4-23-3) and ResNet-152 (64x3-8-36-3).
/// </summary>
public sealed class ResNetGrid : SubNetworkGrid
{
    private static readonly NamedSubNetwork[] PresetNames =
        [new("50", new(64, new(3, 4, 6, 3))), new("101", new(64, new(3, 4, 23, 3))), new("152", new(64, new(3, 8, 36, 3)))];

    /// <param name="architecture">The intact network's shape.</param>
    /// <exception cref="ArgumentException">The architecture's ranges are not a grid whose last cell is the intact network, or channels are no multiple of the groups.</exception>
    public ResNetGrid(ResNetArchitecture architecture)
        : base(Widths(architecture ?? throw new ArgumentNullException(nameof(architecture))), Depths(architecture), PresetNames) => Architecture = architecture;

    /// <summary>The architecture the grid was made from.</summary>
    public ResNetArchitecture Architecture { get; }

    /// <inheritdoc/>
    public override string WidthUnit => "middle channels of stage 1";

    /// <inheritdoc/>
    public override string DepthUnit => "blocks of each stage";

    /// <inheritdoc/>
    public override bool WeighsWidths => false;

    /// <inheritdoc/>
    public override int FeatureWidth(SubNetwork subNetwork) => Architecture.OutChannels(ResNetArchitecture.StageCount - 1);

    private protected override SubNetworkCost Count(SubNetwork subNetwork, int imageSize) => ResNetCost.Of(Architecture, subNetwork, imageSize);

    private static new ImmutableArray<int> Widths(ResNetArchitecture architecture)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(architecture.Groups, 1);
        foreach (var channels in (int[])[architecture.StemChannels, architecture.BaseChannels])
        {
            if (channels % architecture.Groups != 0)
            {
                throw new ArgumentException($"{channels} channels cannot be cut into {architecture.Groups} groups.", nameof(architecture));
            }
        }

        var intact = ResNetArchitecture.WidthRange * architecture.BaseChannels;
        return Steps("width", architecture.HasElasticWidth ? architecture.BaseChannels : intact, intact, architecture.Groups * architecture.WidthInterval);
    }

    private static new ImmutableArray<NetworkDepth> Depths(ResNetArchitecture architecture)
    {
        var stages = Enumerable.Range(0, ResNetArchitecture.StageCount)
            .Select(i => Steps("depth", architecture.MinDepths[i], architecture.MaxDepths[i], architecture.DepthInterval))
            .ToArray();
        return
        [
            .. (from first in stages[0]
                from second in stages[1]
                from third in stages[2]
                from fourth in stages[3]
                select new NetworkDepth(first, second, third, fourth)).Order(),
        ];
    }
}
