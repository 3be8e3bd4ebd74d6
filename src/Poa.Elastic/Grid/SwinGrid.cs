namespace Poa.Elastic;

/// <summary>
/// The sub-networks of an elastic Swin: widths of the first stage from min to max in steps of head_dim * width_interval, depths of the third
/// stage from min to max in steps of depth_interval. The default grid has 3 x 13 = 39, with the sizes of Swin-T (96x6), Swin-S (96x18) and
/// Swin-B (128x18); a grid to width 192 has Swin-L (192x18), too.
/// </summary>
public sealed class SwinGrid : SubNetworkGrid
{
    private static readonly NamedSubNetwork[] PresetNames =
        [new("T", new(96, 6)), new("S", new(96, 18)), new("B", new(128, 18)), new("L", new(192, 18))];

    /// <param name="architecture">The intact network's shape.</param>
    /// <exception cref="ArgumentException">The architecture's ranges are not a grid whose last cell is the intact network.</exception>
    public SwinGrid(SwinArchitecture architecture)
        : base(
            HeadSteps(
                (architecture ?? throw new ArgumentNullException(nameof(architecture))).MinEmbedDim, architecture.MaxEmbedDim, architecture.HeadDim, architecture.WidthInterval),
            [.. Steps("depth", architecture.MinStage3Depth, architecture.MaxDepths[SwinArchitecture.ElasticStage], architecture.DepthInterval).Select(depth => new NetworkDepth(depth))],
            PresetNames) => Architecture = architecture;

    /// <summary>The architecture the grid was made from.</summary>
    public SwinArchitecture Architecture { get; }

    /// <inheritdoc/>
    public override string WidthUnit => "channels of stage 1";

    /// <inheritdoc/>
    public override string DepthUnit => "blocks of stage 3";

    /// <inheritdoc/>
    public override int FeatureWidth(SubNetwork subNetwork) => SwinArchitecture.StageWidth(subNetwork.Width, SwinArchitecture.StageCount - 1);

    private protected override SubNetworkCost Count(SubNetwork subNetwork, int imageSize) => SwinCost.Of(Architecture, subNetwork, imageSize);
}
