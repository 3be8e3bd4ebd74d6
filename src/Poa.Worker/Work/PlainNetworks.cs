using Poa.Elastic;
using Poa.Networks;

namespace Poa.Worker.Work;

/// <summary>Plain networks taken out of an intact one: what is delivered.</summary>
internal static class PlainNetworks
{
    /// <summary>The shape of a plain network, with the pixels that the run was trained on.</summary>
    public static PlainConfiguration Shape(ElasticBackbone intact, PoaConfiguration configuration, SubNetwork subNetwork) => Extraction.Configuration(
        intact,
        subNetwork,
        new ImagePreprocessing
        {
            Mean = [.. configuration.Augmentation.Mean],
            StandardDeviation = [.. configuration.Augmentation.StandardDeviation],
        });

    /// <summary>A plain network, owned by the caller.</summary>
    public static PlainNetwork Of(ElasticBackbone intact, PoaConfiguration configuration, SubNetwork subNetwork) =>
        PlainNetwork.Create(Shape(intact, configuration, subNetwork), Extraction.PlainWeights(intact, subNetwork), $"sub-network {subNetwork}");
}
