using System.Globalization;
using Poa.Elastic;
using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Backbones;

/// <summary>
/// An extracted sub-network as the backbone of a dense task: the tokens of four blocks (<see cref="FeatureTaps"/>), as they are or made
/// into a pyramid. Parameter names are those of the reference's backbone: timm's for the ViT, <c>fpn1</c> and <c>fpn2</c> for the pyramid.
/// </summary>
public sealed class ViTBackbone : DenseBackbone
{
    internal readonly Numbered? fpn1;
    internal readonly Numbered? fpn2;

    /// <summary>Tells the pyramid's initial weights apart from those of the heads, which have other numbers.</summary>
    internal const long PyramidModule = 0;

    private readonly TrainableViT network;
    private readonly TokenPyramid? pyramid;
    private readonly ViTBackboneOptions options;
    private readonly IReadOnlyList<int> taps;

    /// <param name="configuration">Shape of the extracted network.</param>
    /// <param name="weights">Its weights by timm's names, for instance from <see cref="Extraction.PlainWeights(ElasticBackbone, SubNetwork)"/>; copied.</param>
    /// <param name="source">Where the weights come from, for errors.</param>
    /// <param name="options">How it serves the task.</param>
    /// <param name="device">Where it lives; the CPU by default.</param>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public ViTBackbone(
        PlainViTConfiguration configuration, IReadOnlyDictionary<string, Tensor> weights, string source, ViTBackboneOptions options, Device? device = null)
        : base(nameof(ViTBackbone))
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        taps = FeatureTaps.Of(configuration.Depth);
        network = new TrainableViT(configuration, weights, source, options.Grid, options.PositionSkip, device);
        foreach (var (name, parameter) in network.named_parameters())
        {
            parameter.requires_grad_(!options.IsFrozen);
            register_parameter(name, parameter);
        }

        if (options.HasPyramid)
        {
            var initialisation = new Initialisation(options.Seed, RandomPurpose.DenseHeadInitialisation, PyramidModule, device ?? CPU);
            pyramid = new TokenPyramid(configuration.EmbedDim, configuration.PatchSize, initialisation);
            register_module(nameof(fpn1), fpn1 = pyramid.Fpn1);
            if (pyramid.Fpn2 is { } second)
            {
                register_module(nameof(fpn2), fpn2 = second);
            }
        }

        var strides = TokenPyramid.StridesOf(configuration.PatchSize, options.HasPyramid);
        Maps = [.. strides.Select(stride => new FeatureMap(configuration.EmbedDim, stride))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FeatureMap> Maps { get; }

    /// <inheritdoc/>
    public override int Layers => network.Configuration.Depth;

    /// <inheritdoc/>
    public override bool IsFrozen => options.IsFrozen;

    /// <inheritdoc/>
    public override int SizeDivisor => network.Configuration.PatchSize;

    /// <summary>The blocks that feed the maps.</summary>
    public IReadOnlyList<int> Taps => taps;

    /// <inheritdoc/>
    public override int LayerOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (parameter is "cls_token" or "pos_embed" || parameter.StartsWith("patch_embed.", StringComparison.Ordinal))
        {
            return 0;
        }

        return parameter.StartsWith("blocks.", StringComparison.Ordinal)
            ? int.Parse(parameter.Split('.')[1], CultureInfo.InvariantCulture) + 1
            : Layers + 1;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Forward(Tensor images_BCHW, StepKey? step)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        using var scope = NewDisposeScope();
        var maps = Tokens(WholePatches(images_BCHW), step);
        maps = pyramid?.Forward(maps) ?? maps;
        return [.. maps.Select(map => map.MoveToOuterDisposeScope())];
    }

    // The reference cuts patches with a strided convolution, which leaves out what remains at the right and the bottom.
    private Tensor WholePatches(Tensor images_BCHW)
    {
        var (height, width) = (images_BCHW.shape[2], images_BCHW.shape[3]);
        var (rest, restColumns) = (height % SizeDivisor, width % SizeDivisor);
        return rest == 0 && restColumns == 0
            ? images_BCHW
            : images_BCHW.narrow(2, 0, height - rest).narrow(3, 0, width - restColumns).contiguous();
    }

    private IReadOnlyList<Tensor> Tokens(Tensor images_BCHW, StepKey? step)
    {
        if (IsFrozen)
        {
            using var noGrad = no_grad();
            return network.TokenMaps(images_BCHW, taps);
        }

        var dropPath = step is null || options.DropPathRate == 0
            ? null
            : new IndependentDropPath(Layers, options.DropPathRate, step.Seed, step.Iteration, (int)images_BCHW.shape[0]);
        return network.TokenMaps(images_BCHW, taps, dropPath);
    }
}
