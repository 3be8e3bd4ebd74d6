using Poa.Elastic;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>
/// An ordinary vision transformer, as timm's VisionTransformer: what an extracted sub-network is. It knows nothing of elasticity.
/// For evaluation: its weights carry no gradient.
/// </summary>
/// <remarks>Shape letters: B images, N patches, D width.</remarks>
public sealed partial class PlainViT : PlainNetwork
{
    /// <summary>Creates a network that owns the given weights.</summary>
    /// <param name="configuration">Its shape.</param>
    /// <param name="weights">Exactly the weights that timm's VisionTransformer of that shape has.</param>
    /// <param name="source">Where they come from, for the error.</param>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public PlainViT(PlainViTConfiguration configuration, IReadOnlyDictionary<string, Tensor> weights, string source)
        : base(configuration, weights, source) => Configuration = configuration;

    /// <inheritdoc/>
    public override PlainViTConfiguration Configuration { get; }

    /// <summary>Loads a vision transformer from its weight file alone.</summary>
    /// <param name="path">A file that <see cref="Extraction.Save(Stream, IReadOnlyDictionary{string, Tensor}, PlainConfiguration)"/> wrote.</param>
    /// <param name="device">Where the weights are put; CPU by default.</param>
    /// <exception cref="SafetensorsException">The file is damaged, has no configuration, or is of another kind of network.</exception>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public static new PlainViT Load(string path, Device? device = null)
    {
        using var stream = File.OpenRead(path);
        return Load(stream, path, device);
    }

    /// <summary>As <see cref="Load(string, Device?)"/>, from a stream, which need not be seekable.</summary>
    /// <param name="stream">Positioned at the first byte of the file.</param>
    /// <param name="name">Name for errors.</param>
    /// <param name="device">Where the weights are put; CPU by default.</param>
    /// <inheritdoc cref="Load(string, Device?)" path="/exception"/>
    public static new PlainViT Load(Stream stream, string name, Device? device = null)
    {
        var network = PlainNetwork.Load(stream, name, device);
        if (network is PlainViT vit)
        {
            return vit;
        }

        var kind = network.Configuration.Kind;
        network.Dispose();
        throw new SafetensorsException(name, null, $"it holds {kind}, not a vision transformer");
    }

    /// <summary>Runs the network.</summary>
    /// <param name="images_BCHW">[B, C, H, W]; H and W multiples of the patch size, of any aspect. Positions of other sizes than the network's own
    /// are resampled as in the elastic network.</param>
    public override BackboneOutput Forward(Tensor images_BCHW)
    {
        using var scope = NewDisposeScope();
        var x_BTD = Blocks(images_BCHW, Configuration.Depth);
        return BackboneOutput.Of(x_BTD, Norm("norm", x_BTD)).MoveToOuterDisposeScope();
    }

    /// <summary>Tokens after the first <paramref name="count"/> blocks, class token first.</summary>
    private Tensor Blocks(Tensor images_BCHW, int count)
    {
        var patches = PatchEmbedding.Unfold(images_BCHW, Configuration.InChannels, Configuration.PatchSize);
        var (batch, width) = (images_BCHW.shape[0], Configuration.EmbedDim);
        var embedded = PatchEmbedding.Project(patches, Weights["patch_embed.proj.weight"], Weights["patch_embed.proj.bias"]).view(batch, -1, width);
        var positions = PositionResampling.Of(Weights["pos_embed"], images_BCHW.shape[2], images_BCHW.shape[3], Configuration.PatchSize);
        var x_BTD = cat([Weights["cls_token"].expand(batch, 1, width), embedded], 1).Plus(positions);
        for (var i = 0; i < count; i++)
        {
            x_BTD = x_BTD.Plus(Scaled($"blocks.{i}.ls1", Attention($"blocks.{i}.attn", Norm($"blocks.{i}.norm1", x_BTD))));
            x_BTD = x_BTD.Plus(Scaled($"blocks.{i}.ls2", FeedForwardLayer($"blocks.{i}.mlp", Norm($"blocks.{i}.norm2", x_BTD))));
        }

        return x_BTD;
    }

    private Tensor Norm(string name, Tensor x) =>
        functional.layer_norm(x, [Configuration.EmbedDim], Weights[$"{name}.weight"], Weights[$"{name}.bias"], ViTArchitecture.LayerNormEpsilon);

    private Tensor Linear(string name, Tensor x) => functional.linear(x, Weights[$"{name}.weight"], Weights.GetValueOrDefault($"{name}.bias"));

    private Tensor Scaled(string name, Tensor x) => Configuration.LayerScale ? x * Weights[$"{name}.gamma"] : x;

    private Tensor Attention(string name, Tensor x_BTD)
    {
        var qkv = QueriesKeysValues(name, x_BTD);
        var mixed = functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]);
        return Linear($"{name}.proj", mixed.transpose(1, 2).reshape(x_BTD.shape[0], x_BTD.shape[1], -1));
    }

    /// <summary>[3, B, heads, T, head_dim]</summary>
    private Tensor QueriesKeysValues(string name, Tensor x_BTD) =>
        Linear($"{name}.qkv", x_BTD).view(x_BTD.shape[0], x_BTD.shape[1], 3, -1, Configuration.HeadDim).permute(2, 0, 3, 1, 4);

    private Tensor FeedForwardLayer(string name, Tensor x)
    {
        var hidden = Linear($"{name}.fc1", x);
        if (Configuration.FeedForward == FeedForward.Mlp)
        {
            return Linear($"{name}.fc2", functional.gelu(hidden));
        }

        var gates = hidden.chunk(2, -1);
        return Linear($"{name}.fc2", functional.silu(gates[0]) * gates[1]);
    }
}
