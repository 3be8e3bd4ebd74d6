using Poa.Elastic;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// The elastic ResNet with group normalisation (arXiv 1512.03385, 1803.08494; elastic as in arXiv 2408.01031 §3.2). Parameter names are those of the
/// authors' state dict.
/// </summary>
/// <remarks>Shape letters: B images, C channels, H and W pixels or cells, D width of the features, S channels of the stem.</remarks>
public sealed partial class ElasticResNet : ElasticBackbone
{
    internal readonly Parameter mask_token;
    internal readonly ConvolutionParameters conv1;
    internal readonly NormParameters norm1;
    internal readonly ResNetStage layer1;
    internal readonly ResNetStage layer2;
    internal readonly ResNetStage layer3;
    internal readonly ResNetStage layer4;

    private const int StemKernel = 7;

    private readonly ResNetGrid _grid;

    /// <summary>Creates a network with the authors' initial distributions: PyTorch's defaults.</summary>
    /// <param name="architecture">Its shape.</param>
    /// <param name="seed">Initial weights are a function of this and the architecture.</param>
    /// <param name="device">Where the parameters lie; CPU by default.</param>
    /// <exception cref="ArgumentException">The architecture's widths and depths are no grid.</exception>
    public ElasticResNet(ResNetArchitecture architecture, long seed, Device? device = null)
        : base(nameof(ElasticResNet))
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Architecture = architecture;
        _grid = new ResNetGrid(architecture);
        var initialisation = new Initialisation(seed, RandomPurpose.BackboneInitialisation, 0, device ?? CPU);
        mask_token = initialisation.Constant(0, 1, architecture.StemChannels, 1, 1);
        conv1 = new ConvolutionParameters(architecture.InChannels, architecture.StemChannels, StemKernel, initialisation);
        norm1 = new NormParameters(architecture.StemChannels, initialisation);
        layer1 = new ResNetStage(architecture, 0, initialisation);
        layer2 = new ResNetStage(architecture, 1, initialisation);
        layer3 = new ResNetStage(architecture, 2, initialisation);
        layer4 = new ResNetStage(architecture, 3, initialisation);
        RegisterComponents();
    }

    /// <summary>The network's shape.</summary>
    public ResNetArchitecture Architecture { get; }

    /// <inheritdoc/>
    public override ISubNetworkGrid Grid => _grid;

    /// <summary>None: the authors' ResNet has no stochastic depth.</summary>
    public override IDropPathRates? DropPathRates => null;

    private IReadOnlyList<ResNetStage> Stages => [layer1, layer2, layer3, layer4];

    /// <inheritdoc/>
    public override IReadOnlyList<BackboneOutput> Forward(IReadOnlyList<BackboneInput> inputs, SubNetwork subNetwork, DropPathPlan? dropPath = null, ChannelDraw? draw = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count);
        ThrowIfOffGrid(subNetwork);
        using var scope = NewDisposeScope();
        var blocks = Stages.SelectMany((stage, i) => stage.Slice(subNetwork.Width, subNetwork.Depth.Stages[i], draw)).ToList();
        return
        [
            .. inputs.Select(input => ResNetOutput.Of(
                blocks.Run(Embed(input), (x_BCHW, block) => block.Forward(x_BCHW)), Architecture.IbotScaleFactor).MoveToOuterDisposeScope()),
        ];
    }

    /// <summary>All: what goes from block to block is the same at every width.</summary>
    public override Channels FeatureChannels(SubNetwork subNetwork, ChannelDraw? draw) => _grid.FeatureWidth(subNetwork);

    /// <summary>The stem's output, masked: what the stages see, [B, S, h, w].</summary>
    private Tensor Embed(BackboneInput input)
    {
        using var scope = NewDisposeScope();
        var x_BSHW = Stem().Forward(input.Images_BCHW);
        if (input.Masks_BN is { } masks)
        {
            var (batch, height, width) = (x_BSHW.shape[0], x_BSHW.shape[2], x_BSHW.shape[3]);
            var masks_BHW = MaskGrid.Enlarge(masks, batch, height, width, Architecture.Reduction / Architecture.IbotScaleFactor);
            x_BSHW = where(masks_BHW.unsqueeze(1), mask_token, x_BSHW);
        }

        return x_BSHW.MoveToOuterDisposeScope();
    }

    private StemWeights Stem() => new(conv1.weight, new GroupNormWeights(norm1.weight, norm1.bias, Architecture.Groups));
}
