using Poa.Elastic;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// The elastic vision transformer (arXiv 2408.01031 §3.2): one set of weights that holds every sub-network of its grid. Which one runs is
/// an argument of each call; the module has no state beside its parameters, so several threads may run different sub-networks at once.
/// Parameter names are those of the authors' state dict.
/// </summary>
/// <remarks>Shape letters: B images, C channels, H and W pixels, N patches, T tokens of all inputs, D active width.</remarks>
public sealed partial class ElasticViT : ElasticBackbone
{
    internal readonly Parameter cls_token;
    internal readonly Parameter pos_embed;
    internal readonly Parameter mask_token;
    internal readonly PatchEmbedding patch_embed;
    internal readonly ModuleList<ElasticBlock> blocks;
    internal readonly ElasticLayerNorm norm;

    private const double ClassTokenDeviation = 1e-6;

    private readonly ViTGrid _grid;

    /// <summary>Creates a network with the authors' initial distributions.</summary>
    /// <param name="architecture">Its shape.</param>
    /// <param name="seed">Initial weights are a function of this and the architecture.</param>
    /// <param name="device">Where the parameters lie; CPU by default.</param>
    /// <exception cref="ArgumentException">The architecture's widths and depths are no grid, or its image size is no multiple of the patch size.</exception>
    public ElasticViT(ViTArchitecture architecture, long seed, Device? device = null)
        : base(nameof(ElasticViT))
    {
        ArgumentNullException.ThrowIfNull(architecture);
        if (architecture.ImageSize < architecture.PatchSize || architecture.ImageSize % architecture.PatchSize != 0)
        {
            throw new ArgumentException(
                $"Image size {architecture.ImageSize} is not a positive multiple of the patch size {architecture.PatchSize}.", nameof(architecture));
        }

        Architecture = architecture;
        _grid = new ViTGrid(architecture);
        var initialisation = new Initialisation(seed, RandomPurpose.BackboneInitialisation, 0, device ?? CPU);
        var max = architecture.MaxEmbedDim;
        cls_token = initialisation.Normal(ClassTokenDeviation, 1, 1, max);
        pos_embed = initialisation.TruncatedNormal(1, architecture.PatchCount + 1, max);
        mask_token = initialisation.Constant(0, 1, max);
        patch_embed = new PatchEmbedding(architecture, initialisation);
        blocks = new ModuleList<ElasticBlock>([.. Enumerable.Range(0, architecture.MaxDepth).Select(_ => new ElasticBlock(architecture, initialisation))]);
        norm = new ElasticLayerNorm(max, initialisation);
        RegisterComponents();
    }

    /// <summary>The network's shape.</summary>
    public ViTArchitecture Architecture { get; }

    /// <inheritdoc/>
    public override ISubNetworkGrid Grid => _grid;

    /// <inheritdoc/>
    public override IDropPathRates DropPathRates => Architecture;

    /// <summary>
    /// Runs several inputs, of different sizes, through a sub-network in one pass: their tokens form one matrix for every norm and linear
    /// layer, and only attention looks at each input by itself.
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyList<BackboneOutput> Forward(IReadOnlyList<BackboneInput> inputs, SubNetwork subNetwork, DropPathPlan? dropPath = null, ChannelDraw? draw = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count);
        ThrowIfOffGrid(subNetwork);

        using var scope = NewDisposeScope();
        var stream = FeatureChannels(subNetwork, draw);
        var embedded = inputs.Select(input => Embed(input, stream)).ToArray();
        TokenGroup[] groups = [.. embedded.Select(e => new TokenGroup(e.shape[0], e.shape[1]))];
        var x_TD = TokenGroup.Pack([.. embedded.Select(e => e.view(-1, subNetwork.Width))]);
        foreach (var block in BlockSelection.KeptBlocks(Architecture.MaxDepth, subNetwork.Depth.Blocks))
        {
            var weights = blocks[block].Slice(block, stream, draw);
            x_TD = dropPath is { IsActive: true }
                ? DroppedBlock.Forward(weights, x_TD, groups, dropPath, block)
                : weights.Forward(x_TD, groups);
        }

        var prenorm = TokenGroup.Split(x_TD, groups);
        var normed = TokenGroup.Split(norm.Slice(stream).Apply(x_TD), groups);
        return [.. groups.Select((group, i) => BackboneOutput.Of(Sequences(prenorm[i], group), Sequences(normed[i], group)).MoveToOuterDisposeScope())];
    }

    /// <summary>The position embedding that images of a size get.</summary>
    /// <param name="height">Pixels, a multiple of the patch size.</param>
    /// <param name="width">Pixels, a multiple of the patch size.</param>
    /// <param name="embedDim">Active width D, at most the intact one.</param>
    /// <returns>[1, 1 + N, D]</returns>
    public Tensor PositionEmbedding(long height, long width, int embedDim)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embedDim);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(embedDim, Architecture.MaxEmbedDim);
        return Positions(height, width, embedDim).alias();
    }

    /// <inheritdoc/>
    public override Channels FeatureChannels(SubNetwork subNetwork, ChannelDraw? draw) => ChannelDraw.Take(draw, 0, Architecture.MaxEmbedDim, subNetwork.Width);

    private Tensor Positions(long height, long width, Channels channels) =>
        PositionResampling.Of(channels.Of(pos_embed, 2), height, width, Architecture.PatchSize);

    private static Tensor Sequences(Tensor rows, TokenGroup group) => rows.view(group.Batch, group.Tokens, -1);

    /// <summary>Patch embedding, mask token, class token and positions: [B, 1 + N, D].</summary>
    private Tensor Embed(BackboneInput input, Channels channels)
    {
        var images = input.Images_BCHW;
        var patches = patch_embed.Forward(PatchEmbedding.Unfold(images, Architecture.InChannels, Architecture.PatchSize), channels);
        var (batch, width) = (images.shape[0], channels.Count);
        var x_BND = patches.view(batch, -1, width);
        if (input.Masks_BN is { } masks)
        {
            if (masks.dtype != ScalarType.Bool || masks.dim() != 2 || masks.shape[0] != batch || masks.shape[1] != x_BND.shape[1])
            {
                throw new ArgumentException(
                    $"The masks are {masks.dtype} [{string.Join(", ", masks.shape)}]; Bool [{batch}, {x_BND.shape[1]}] is wanted.", nameof(input));
            }

            x_BND = where(masks.unsqueeze(-1), channels.Of(mask_token, 1).unsqueeze(0), x_BND);
        }

        return cat([channels.Of(cls_token, 2).expand(batch, 1, width), x_BND], 1)
            .PlusInPlace(Positions(images.shape[2], images.shape[3], channels));
    }
}
