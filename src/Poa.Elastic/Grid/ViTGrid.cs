namespace Poa.Elastic;

/// <summary>
/// The sub-networks of an elastic ViT: widths from min to max in steps of head_dim * width_interval, depths from min to max
/// in steps of depth_interval. The paper's grid has 11 x 13 = 143, with <c>S</c> (384x12), <c>B</c> (768x12) and <c>L</c> (1024x24).
/// </summary>
public sealed class ViTGrid : SubNetworkGrid
{
    private static readonly NamedSubNetwork[] PresetNames =
        [new("S", new(384, 12)), new("B", new(768, 12)), new("L", new(1024, 24))];

    /// <param name="architecture">The intact network's shape.</param>
    /// <exception cref="ArgumentException">The architecture's ranges are not a grid whose last cell is the intact network.</exception>
    public ViTGrid(ViTArchitecture architecture)
        : base(
            HeadSteps(
                (architecture ?? throw new ArgumentNullException(nameof(architecture))).MinEmbedDim, architecture.MaxEmbedDim, architecture.HeadDim, architecture.WidthInterval),
            [.. Steps("depth", architecture.MinDepth, architecture.MaxDepth, architecture.DepthInterval).Select(depth => new NetworkDepth(depth))],
            PresetNames) => Architecture = architecture;

    /// <summary>The architecture the grid was made from.</summary>
    public ViTArchitecture Architecture { get; }

    /// <inheritdoc/>
    public override string WidthUnit => "channels";

    /// <inheritdoc/>
    public override string DepthUnit => "blocks";

    /// <inheritdoc/>
    public override int FeatureWidth(SubNetwork subNetwork) => subNetwork.Width;

    private protected override SubNetworkCost Count(SubNetwork subNetwork, int imageSize) => ViTCost.Of(Architecture, subNetwork, imageSize);
}
