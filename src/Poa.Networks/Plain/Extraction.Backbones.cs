using System.Collections.Immutable;
using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

public static partial class Extraction
{
    /// <summary>The configuration of the extracted network, of whatever family.</summary>
    /// <param name="intact">The intact network.</param>
    /// <param name="subNetwork">A cell of its grid.</param>
    /// <param name="preprocessing">What pixels it was trained on; ImageNet's by default.</param>
    /// <exception cref="ArgumentException">The sub-network is not on the grid.</exception>
    public static PlainConfiguration Configuration(ElasticBackbone intact, SubNetwork subNetwork, ImagePreprocessing? preprocessing = null)
    {
        ArgumentNullException.ThrowIfNull(intact);
        return intact switch
        {
            ElasticSwin swin => Configuration(swin.Architecture, subNetwork, preprocessing),
            ElasticResNet resNet => Configuration(resNet.Architecture, subNetwork, preprocessing),
            _ => Configuration(((ElasticViT)intact).Architecture, subNetwork, preprocessing),
        };
    }

    /// <inheritdoc cref="Configuration(ViTArchitecture, SubNetwork, ImagePreprocessing?)"/>
    public static PlainSwinConfiguration Configuration(SwinArchitecture architecture, SubNetwork subNetwork, ImagePreprocessing? preprocessing = null)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Require(new SwinGrid(architecture), subNetwork);
        var stages = Enumerable.Range(0, SwinArchitecture.StageCount).ToArray();
        return new PlainSwinConfiguration
        {
            ImageSize = architecture.ImageSize,
            PatchSize = architecture.PatchSize,
            InChannels = architecture.InChannels,
            EmbedDim = subNetwork.Width,
            PatchEmbedDim = architecture.MaxEmbedDim,
            Depths = [.. stages.Select(stage => architecture.KeptBlocks(stage, subNetwork.Depth).Count)],
            HeadDim = architecture.HeadDim,
            WindowSize = architecture.WindowSize,
            HiddenDims = [.. stages.Select(stage => architecture.HiddenDim(subNetwork.Width, stage))],
            Shifted = [.. stages.Select(stage => architecture.KeptBlocks(stage, subNetwork.Depth).Select(block => block % 2 != 0).ToImmutableArray())],
            QkvBias = architecture.QkvBias,
            Preprocessing = preprocessing ?? ImagePreprocessing.ImageNet,
        };
    }

    /// <inheritdoc cref="Configuration(ViTArchitecture, SubNetwork, ImagePreprocessing?)"/>
    public static PlainResNetConfiguration Configuration(ResNetArchitecture architecture, SubNetwork subNetwork, ImagePreprocessing? preprocessing = null)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Require(new ResNetGrid(architecture), subNetwork);
        return new PlainResNetConfiguration
        {
            ImageSize = architecture.ImageSize,
            InChannels = architecture.InChannels,
            Depths = subNetwork.Depth.Stages,
            StemChannels = architecture.StemChannels,
            MidChannels = subNetwork.Width,
            OutChannels = architecture.OutChannels(0),
            Groups = architecture.Groups,
            Strides = [.. architecture.Strides],
            Preprocessing = preprocessing ?? ImagePreprocessing.ImageNet,
        };
    }

    /// <summary>The extracted network's weights, by the names of its weight file.</summary>
    /// <param name="intact">The intact network.</param>
    /// <param name="subNetwork">A cell of its grid.</param>
    /// <returns>New contiguous tensors on the device of the originals, without gradient.</returns>
    /// <exception cref="ArgumentException">The sub-network is not on the grid.</exception>
    public static Dictionary<string, Tensor> PlainWeights(ElasticBackbone intact, SubNetwork subNetwork)
    {
        ArgumentNullException.ThrowIfNull(intact);
        var state = StateDictionary.Of(intact).ToDictionary();
        if (intact is ElasticViT vit)
        {
            return PlainWeights(state, vit.Architecture, subNetwork);
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var plain = intact switch
        {
            ElasticSwin swin => new SwinSlicer(state, swin.Architecture, Configuration(swin.Architecture, subNetwork)).Slice(subNetwork.Depth),
            _ => ResNet((ElasticResNet)intact),
        };
        return plain.ToDictionary(p => p.Key, p => p.Value.MoveToOuterDisposeScope(), StringComparer.Ordinal);

        Dictionary<string, Tensor> ResNet(ElasticResNet network) =>
            new ResNetSlicer(state, network.Architecture, Configuration(network.Architecture, subNetwork)).Slice(subNetwork.Depth);
    }

    private static void Require(SubNetworkGrid grid, SubNetwork subNetwork)
    {
        if (!grid.Contains(subNetwork))
        {
            throw new ArgumentException(
                $"The network has no sub-network {subNetwork}: widths are {string.Join(", ", grid.Widths)}, depths {string.Join(", ", grid.Depths)}.",
                nameof(subNetwork));
        }
    }
}
