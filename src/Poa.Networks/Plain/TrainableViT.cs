using Poa.Elastic;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>When images keep the position table as it is instead of having it resampled at run time.</summary>
public enum PositionSkip
{
    /// <summary>The image has the table's rows and columns (the authors' detection code).</summary>
    EqualGrid,

    /// <summary>The image has as many patches as the table and is square (the authors' segmentation code, and their pre-training).</summary>
    EqualCountAndSquare,
}

/// <summary>
/// A plain vision transformer whose weights can be trained, for tasks that use the patch tokens of its blocks: an extracted sub-network
/// without the final norm, which those tasks leave out. Parameter names are timm's.
/// </summary>
/// <remarks>Shape letters: B images, N patches, T tokens of all images, D width.</remarks>
public sealed class TrainableViT : nn.Module
{
    private readonly Dictionary<string, Tensor> weights = new(StringComparer.Ordinal);
    private readonly PositionSkip positionSkip;

    /// <summary>Creates a network with copies of the given weights.</summary>
    /// <param name="configuration">Its shape.</param>
    /// <param name="source">Exactly the weights that timm's VisionTransformer of that shape has; <c>norm.*</c> is not used.</param>
    /// <param name="sourceName">Where they come from, for the error.</param>
    /// <param name="grid">
    /// The grid the position table is resampled to, by the rule for loading; null keeps the one it has.
    /// </param>
    /// <param name="positionSkip">When images keep the table.</param>
    /// <param name="device">Where the parameters lie; the CPU by default.</param>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public TrainableViT(
        PlainViTConfiguration configuration,
        IReadOnlyDictionary<string, Tensor> source,
        string sourceName,
        TokenGrid? grid = null,
        PositionSkip positionSkip = PositionSkip.EqualCountAndSquare,
        Device? device = null)
        : base(nameof(TrainableViT))
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(source);
        StateDictionary.Check(configuration.Shapes(), source, sourceName);
        Configuration = configuration;
        this.positionSkip = positionSkip;
        var side = configuration.ImageSize / configuration.PatchSize;
        var own = new TokenGrid(side, side);
        Grid = grid ?? own;
        using var noGrad = no_grad();
        foreach (var (name, _) in configuration.Shapes().Where(s => !s.Key.StartsWith("norm.", StringComparison.Ordinal)))
        {
            using var scope = NewDisposeScope();
            var value = name == "pos_embed" && Grid != own ? PositionResampling.AtLoad(source[name], own, Grid) : source[name];
            Register(name, value.detach().to(device ?? CPU).contiguous().clone());
        }
    }

    /// <summary>The network's shape; <see cref="Grid"/> may differ from the one its image size gives.</summary>
    public PlainViTConfiguration Configuration { get; }

    /// <summary>Grid of the position table.</summary>
    public TokenGrid Grid { get; }

    /// <summary>Runs the network as far as the last block asked for.</summary>
    /// <param name="images_BCHW">[B, C, H, W]; H and W multiples of the patch size.</param>
    /// <param name="taps">Blocks whose output is wanted, from 0, ascending; one may be repeated.</param>
    /// <param name="dropPath">Stochastic depth for a training step of B samples, or null for none.</param>
    /// <returns>For each tap the patch tokens of the residual stream, without a norm and without the class token: [B, D, H / patch, W / patch].</returns>
    public IReadOnlyList<Tensor> TokenMaps(Tensor images_BCHW, IReadOnlyList<int> taps, IndependentDropPath? dropPath = null)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        ArgumentNullException.ThrowIfNull(taps);
        using var scope = NewDisposeScope();
        var x_BND = Embed(images_BCHW);
        var group = new TokenGroup(x_BND.shape[0], x_BND.shape[1]);
        var (rows, columns) = (images_BCHW.shape[2] / Configuration.PatchSize, images_BCHW.shape[3] / Configuration.PatchSize);
        var x_TD = x_BND.view(-1, Configuration.EmbedDim);
        var maps = new Tensor[taps.Count];
        for (var block = 0; block <= taps.Max(); block++)
        {
            var own = BlockOf(block);
            x_TD = dropPath is null || dropPath.RateOf(block) == 0
                ? own.Forward(x_TD, [group])
                : DroppedBlock.Forward(own, x_TD, [group], [dropPath.Kept(block, 0)], [dropPath.Kept(block, 1)]);
            foreach (var (place, _) in taps.Index().Where(t => t.Item == block))
            {
                maps[place] = x_TD.view(group.Batch, group.Tokens, -1)
                    .narrow(1, 1, group.Tokens - 1)
                    .view(group.Batch, rows, columns, -1)
                    .permute(0, 3, 1, 2)
                    .contiguous()
                    .MoveToOuterDisposeScope();
            }
        }

        return maps;
    }

    /// <summary>The position embedding of images of a size.</summary>
    /// <param name="height">Pixels, a multiple of the patch size.</param>
    /// <param name="width">Pixels, a multiple of the patch size.</param>
    /// <returns>[1, 1 + N, D]</returns>
    public Tensor PositionEmbedding(long height, long width)
    {
        var wanted = new TokenGrid((int)(height / Configuration.PatchSize), (int)(width / Configuration.PatchSize));
        var keep = positionSkip == PositionSkip.EqualGrid ? wanted == Grid : wanted.Count == Grid.Count && height == width;
        return keep ? weights["pos_embed"].alias() : PositionResampling.AtRunTime(weights["pos_embed"], Grid, wanted);
    }

    private Tensor Embed(Tensor images_BCHW)
    {
        var (batch, width) = (images_BCHW.shape[0], Configuration.EmbedDim);
        var patches = PatchEmbedding.Unfold(images_BCHW, Configuration.InChannels, Configuration.PatchSize);
        var x_BND = PatchEmbedding.Project(patches, weights["patch_embed.proj.weight"], weights["patch_embed.proj.bias"]).view(batch, -1, width);
        return cat([weights["cls_token"].expand(batch, 1, width), x_BND], 1).PlusInPlace(PositionEmbedding(images_BCHW.shape[2], images_BCHW.shape[3]));
    }

    private BlockWeights BlockOf(int block)
    {
        var name = $"blocks.{block}";
        return new BlockWeights(
            Configuration.HeadDim,
            Norm($"{name}.norm1"),
            Linear($"{name}.attn.qkv"),
            Scaled(Linear($"{name}.attn.proj"), $"{name}.ls1.gamma"),
            Norm($"{name}.norm2"),
            Linear($"{name}.mlp.fc1"),
            Scaled(Linear($"{name}.mlp.fc2"), $"{name}.ls2.gamma"),
            Configuration.FeedForward == FeedForward.SwiGlu);
    }

    private NormWeights Norm(string name) => new(weights[$"{name}.weight"], weights[$"{name}.bias"]);

    private LinearWeights Linear(string name) => new(weights[$"{name}.weight"], weights.GetValueOrDefault($"{name}.bias"));

    private LinearWeights Scaled(LinearWeights layer, string gamma) => weights.TryGetValue(gamma, out var gamma_E)
        ? new(layer.Weight * gamma_E.unsqueeze(-1), layer.Bias is { } bias ? bias * gamma_E : null)
        : layer;

    private void Register(string name, Tensor value)
    {
        var parameter = new Parameter(value.DetachFromDisposeScope());
        parameter.DetachFromDisposeScope();
        weights.Add(name, parameter);
        register_parameter(name, parameter);
    }
}
