using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// Turns a sub-network of an intact network's weights into an ordinary network: the leading slices, the kept blocks numbered from
/// 0, and alpha multiplied into the weights of the elastic layers. The outputs are the same. Tensors get the names of
/// timm's VisionTransformer, SwinTransformer and ResNet; what timm cannot express is in <c>docs/weights.md</c>. SwiGLU becomes timm's
/// <c>SwiGLUPacked</c>: both gates in <c>mlp.fc1</c>, W3 as <c>mlp.fc2</c>.
/// </summary>
public static partial class Extraction
{
    /// <summary>The configuration of the extracted network.</summary>
    /// <param name="architecture">The intact network's shape.</param>
    /// <param name="subNetwork">A cell of its grid.</param>
    /// <param name="preprocessing">What pixels it was trained on; ImageNet's by default.</param>
    /// <exception cref="ArgumentException">The sub-network is not on the grid.</exception>
    public static PlainViTConfiguration Configuration(ViTArchitecture architecture, SubNetwork subNetwork, ImagePreprocessing? preprocessing = null)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Require(new ViTGrid(architecture), subNetwork);
        return new PlainViTConfiguration
        {
            ImageSize = architecture.ImageSize,
            PatchSize = architecture.PatchSize,
            InChannels = architecture.InChannels,
            EmbedDim = subNetwork.Width,
            Depth = subNetwork.Depth.Blocks,
            HeadDim = architecture.HeadDim,
            HiddenDim = architecture.HiddenDim(subNetwork.Width),
            FeedForward = architecture.FeedForward,
            QkvBias = architecture.QkvBias,
            // timm has one switch for both; a layer without a bias gets one of zeros where the other has one.
            ProjBias = architecture.ProjBias || architecture.FfnBias,
            LayerScale = architecture.LayerScale is not null,
            Preprocessing = preprocessing ?? ImagePreprocessing.ImageNet,
        };
    }

    /// <summary>The extracted network's weights, by timm's names.</summary>
    /// <param name="intact">State dict of the intact <see cref="ElasticViT"/>.</param>
    /// <param name="architecture">Its shape.</param>
    /// <param name="subNetwork">A cell of its grid.</param>
    /// <returns>New contiguous tensors on the device of the originals, without gradient.</returns>
    /// <exception cref="ArgumentException">The sub-network is not on the grid.</exception>
    /// <exception cref="WeightMismatchException">The state dict is not that of such a network; every fault is named.</exception>
    public static Dictionary<string, Tensor> PlainWeights(IReadOnlyDictionary<string, Tensor> intact, ViTArchitecture architecture, SubNetwork subNetwork)
    {
        var configuration = Configuration(architecture, subNetwork);
        StateDictionary.Check(ElasticShapes.Of(architecture), intact, "The intact network's state dict");

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var slicer = new PlainSlicer(intact, architecture, configuration);
        var plain = slicer.Slice(BlockSelection.KeptBlocks(architecture.MaxDepth, subNetwork.Depth.Blocks));
        return plain.ToDictionary(p => p.Key, p => p.Value.MoveToOuterDisposeScope(), StringComparer.Ordinal);
    }

    /// <summary>
    /// The state dict of a <see cref="MultiPrototypeHead"/> whose backbone is the extracted network: the first layer of every branch keeps the
    /// leading columns, times alpha; the rest is the same. It fits a head of that <c>maxInWidth</c>.
    /// </summary>
    /// <param name="head">State dict of the intact head.</param>
    /// <param name="maxInWidth">Width of the intact backbone.</param>
    /// <param name="width">Width of the extracted network.</param>
    /// <param name="isScaled"><c>student.alpha_scaling</c>: whether alpha applies.</param>
    /// <returns>New tensors, without gradient.</returns>
    public static Dictionary<string, Tensor> Head(IReadOnlyDictionary<string, Tensor> head, int maxInWidth, int width, bool isScaled = true)
    {
        ArgumentNullException.ThrowIfNull(head);
        var alpha = ElasticWidth.Alpha(maxInWidth, width, isScaled);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        // Of a branch's layers only the elastic one has a level named linear.
        return head.ToDictionary(
            h => h.Key,
            h => (h.Key.EndsWith(".linear.weight", StringComparison.Ordinal) ? h.Value.detach().narrow(1, 0, width).Times(alpha) : h.Value.detach().clone())
                .MoveToOuterDisposeScope(),
            StringComparer.Ordinal);
    }

    /// <summary>Writes an extracted network as one safetensors file, with its configuration in the metadata.</summary>
    /// <param name="stream">Left open.</param>
    /// <param name="weights">From <see cref="PlainWeights(ElasticBackbone, SubNetwork)"/>.</param>
    /// <param name="configuration">From <see cref="Configuration(ElasticBackbone, SubNetwork, ImagePreprocessing?)"/>.</param>
    public static void Save(Stream stream, IReadOnlyDictionary<string, Tensor> weights, PlainConfiguration configuration) =>
        // "format": readers of the safetensors files of PyTorch ask for it.
        Safetensors.Write(stream, weights, new Dictionary<string, string> { ["format"] = "pt", [TimmConfiguration.MetadataKey] = ConfigJson(configuration) });

    /// <summary>The text of <c>config.json</c>, as timm reads it beside the weight file.</summary>
    public static string ConfigJson(PlainConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return TimmConfiguration.ToJson(configuration);
    }
}
