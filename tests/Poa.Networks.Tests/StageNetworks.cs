using Poa.Elastic;

namespace Poa.Networks.Tests;

/// <summary>Small networks of the families with stages, every parameter non-trivial.</summary>
internal static class StageNetworks
{
    /// <summary>2 widths x 3 depths; windows of 3 that fit no map evenly; kept blocks whose shift is not that of their new place.</summary>
    public static SwinArchitecture Swin { get; } = new()
    {
        ImageSize = 32,
        PatchSize = 2,
        MinEmbedDim = 8,
        MaxEmbedDim = 16,
        HeadDim = 4,
        WidthInterval = 2,
        MinStage3Depth = 2,
        MaxDepths = [2, 1, 4, 2],
        WindowSize = 3,
        IbotScaleFactor = 4,
    };

    /// <summary>2 widths x 6 depths.</summary>
    public static ResNetArchitecture ResNet { get; } = new()
    {
        ImageSize = 32,
        StemChannels = 8,
        BaseChannels = 4,
        Groups = 2,
        WidthInterval = 2,
        MinDepths = [1, 2, 1, 1],
        MaxDepths = [2, 2, 3, 1],
        DepthInterval = 1,
        IbotScaleFactor = 2,
    };

    public static ElasticSwin Create(SwinArchitecture architecture, long seed = 1)
    {
        var network = new ElasticSwin(architecture, seed);
        Networks.Perturb(network, seed);
        return network;
    }

    public static ElasticResNet Create(ResNetArchitecture architecture, long seed = 1)
    {
        var network = new ElasticResNet(architecture, seed);
        Networks.Perturb(network, seed);
        return network;
    }

    /// <summary>One of each family.</summary>
    public static ElasticBackbone Create(string family) => family == "swin" ? Create(Swin) : Create(ResNet);
}
