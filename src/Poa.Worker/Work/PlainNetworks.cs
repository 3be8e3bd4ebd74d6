using Poa.Elastic;
using Poa.Networks;
using TorchSharp;

namespace Poa.Worker.Work;

/// <summary>Plain networks taken out of an intact one: what is delivered.</summary>
internal static class PlainNetworks
{
    /// <summary>The shape of a plain network, with the pixels that the run was trained on.</summary>
    public static PlainViTConfiguration Shape(PoaConfiguration configuration, SubNetwork subNetwork) => Extraction.Configuration(
        configuration.ViTArchitecture(),
        subNetwork,
        new ImagePreprocessing
        {
            Mean = [.. configuration.Augmentation.Mean],
            StandardDeviation = [.. configuration.Augmentation.StandardDeviation],
        });

    /// <summary>The weights of a plain network, by timm's names.</summary>
    public static Dictionary<string, torch.Tensor> Weights(ElasticViT intact, PoaConfiguration configuration, SubNetwork subNetwork) =>
        Extraction.PlainWeights(new Dictionary<string, torch.Tensor>(StateDictionary.Of(intact)), configuration.ViTArchitecture(), subNetwork);

    /// <summary>A plain network, owned by the caller.</summary>
    public static PlainViT Of(ElasticViT intact, PoaConfiguration configuration, SubNetwork subNetwork) =>
        new(Shape(configuration, subNetwork), Weights(intact, configuration, subNetwork), $"sub-network {subNetwork}");
}
