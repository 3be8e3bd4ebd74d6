using Poa.Elastic;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// The elastic Swin transformer (arXiv 2103.14030; elastic as in arXiv 2408.01031 §3.2). Parameter names are those of the authors' state dict, whose
/// <c>relative_position_index</c> is a constant and left out.
/// </summary>
/// <remarks>Shape letters: B images, C channels, H and W pixels or cells, D width.</remarks>
public sealed partial class ElasticSwin : ElasticBackbone
{
    internal readonly Parameter mask_token;
    internal readonly SwinPatchEmbedding patch_embed;
    internal readonly ModuleList<SwinStage> stages;
    internal readonly ElasticLayerNorm norm0;
    internal readonly ElasticLayerNorm norm1;
    internal readonly ElasticLayerNorm norm2;
    internal readonly ElasticLayerNorm norm3;

    private readonly SwinGrid _grid;

    /// <summary>Creates a network with the authors' initial distributions: PyTorch's defaults, position biases 0.</summary>
    /// <param name="architecture">Its shape.</param>
    /// <param name="seed">Initial weights are a function of this and the architecture.</param>
    /// <param name="device">Where the parameters lie; CPU by default.</param>
    /// <exception cref="ArgumentException">The architecture's widths and depths are no grid.</exception>
    public ElasticSwin(SwinArchitecture architecture, long seed, Device? device = null)
        : base(nameof(ElasticSwin))
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Architecture = architecture;
        _grid = new SwinGrid(architecture);
        var initialisation = new Initialisation(seed, RandomPurpose.BackboneInitialisation, 0, device ?? CPU);
        mask_token = initialisation.Constant(0, 1, architecture.MaxEmbedDim);
        patch_embed = new SwinPatchEmbedding(architecture, initialisation);
        stages = new ModuleList<SwinStage>([.. Enumerable.Range(0, SwinArchitecture.StageCount).Select(stage => new SwinStage(architecture, stage, initialisation))]);
        norm0 = OutputNorm(0);
        norm1 = OutputNorm(1);
        norm2 = OutputNorm(2);
        norm3 = OutputNorm(3);
        RegisterComponents();

        ElasticLayerNorm OutputNorm(int stage) =>
            new(SwinArchitecture.StageWidth(architecture.MaxEmbedDim, stage), initialisation, SwinArchitecture.LayerNormEpsilon);
    }

    /// <summary>The network's shape.</summary>
    public SwinArchitecture Architecture { get; }

    /// <inheritdoc/>
    public override ISubNetworkGrid Grid => _grid;

    /// <inheritdoc/>
    public override IDropPathRates DropPathRates => Architecture;

    /// <inheritdoc/>
    public override IReadOnlyList<BackboneOutput> Forward(IReadOnlyList<BackboneInput> inputs, SubNetwork subNetwork, DropPathPlan? dropPath = null, ChannelDraw? draw = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count);
        ThrowIfOffGrid(subNetwork);
        using var scope = NewDisposeScope();
        var weights = Slice(subNetwork, draw);
        return [.. inputs.Select((input, i) => Forward(weights, input, i, inputs.Count, dropPath).MoveToOuterDisposeScope())];
    }

    private BackboneOutput Forward(SwinWeights weights, BackboneInput input, int place, int inputs, DropPathPlan? dropPath)
    {
        using var scope = NewDisposeScope();
        var x_BHWD = weights.Embed(input.Images_BCHW);
        var batch = (int)x_BHWD.shape[0];
        if (input.Masks_BN is { } masks)
        {
            var masks_BHW = MaskGrid.Enlarge(masks, batch, x_BHWD.shape[1], x_BHWD.shape[2], SwinArchitecture.Reduction / Architecture.IbotScaleFactor);
            x_BHWD = where(masks_BHW.unsqueeze(-1), weights.Stream.Of(mask_token, 1), x_BHWD);
        }

        Func<int, int, KeptSamples>? kept = dropPath is { IsActive: true } ? (block, residual) => dropPath.Kept(block, residual, place, inputs, batch) : null;
        return weights.Output(weights.Run(x_BHWD, kept)[^1], Architecture.IbotScaleFactor).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Channels FeatureChannels(SubNetwork subNetwork, ChannelDraw? draw) => StageChannels(SwinArchitecture.StageCount - 1, subNetwork, draw);

    /// <summary>Channels of a stage's residual stream.</summary>
    private Channels StageChannels(int stage, SubNetwork subNetwork, ChannelDraw? draw) => ChannelDraw.Take(
        draw, stage, SwinArchitecture.StageWidth(Architecture.MaxEmbedDim, stage), SwinArchitecture.StageWidth(subNetwork.Width, stage));

    /// <summary>The ordinary network that a sub-network is.</summary>
    private SwinWeights Slice(SubNetwork subNetwork, ChannelDraw? draw = null)
    {
        var positions_NN = RelativePositions.Index(Architecture.WindowSize, mask_token.device);
        return new SwinWeights(
            StageChannels(0, subNetwork, draw),
            Architecture.PatchSize,
            Architecture.InChannels,
            Architecture.WindowSize,
            patch_embed.proj.weight,
            patch_embed.proj.bias!,
            patch_embed.norm.Slice(Architecture.MaxEmbedDim),
            [.. Enumerable.Range(0, SwinArchitecture.StageCount).Select(stage => SliceStage(stage, subNetwork, positions_NN, draw))]);
    }

    private SwinStageWeights SliceStage(int stage, SubNetwork subNetwork, Tensor positions_NN, ChannelDraw? draw)
    {
        var stream = StageChannels(stage, subNetwork, draw);
        ElasticLayerNorm[] norms = [norm0, norm1, norm2, norm3];
        return new SwinStageWeights(
            stages[stage].Slice(stream, subNetwork, positions_NN, draw),
            norms[stage].Slice(stream),
            stages[stage].downsample?.Slice(stream, StageChannels(stage + 1, subNetwork, draw)));
    }
}

/// <summary>Parameters of the patch embedding, of which a sub-network uses all.</summary>
internal sealed class SwinPatchEmbedding : nn.Module
{
    internal readonly LinearParameters proj;
    internal readonly ElasticLayerNorm norm;

    internal SwinPatchEmbedding(SwinArchitecture architecture, Initialisation initialisation)
        : base(nameof(SwinPatchEmbedding))
    {
        var (max, patch) = (architecture.MaxEmbedDim, architecture.PatchSize);
        long values = (long)architecture.InChannels * patch * patch;
        proj = new LinearParameters(
            initialisation.FanInUniform(values, max, architecture.InChannels, patch, patch), initialisation.FanInUniform(values, max));
        norm = new ElasticLayerNorm(max, initialisation, SwinArchitecture.LayerNormEpsilon);
        RegisterComponents();
    }
}
