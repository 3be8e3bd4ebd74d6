using System.Text.Json;
using Poa.Elastic;
using Poa.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests;

/// <summary>Golden files as architectures and tensors.</summary>
internal static class GoldenTensors
{
    public static Dictionary<string, Tensor> Load(string file) => Safetensors.Load(Golden.PathOf(file));

    /// <summary>The elastic ViT of a golden configuration, with the golden parameters.</summary>
    public static ElasticViT LoadViT(JsonElement config, string parameters = "vit_params.safetensors")
    {
        var weights = Load(parameters);
        var architecture = new ViTArchitecture
        {
            ImageSize = config.GetProperty("img_size").GetInt32(),
            PatchSize = config.GetProperty("patch_size").GetInt32(),
            MinEmbedDim = config.GetProperty("min_embed_dim").GetInt32(),
            MaxEmbedDim = config.GetProperty("max_embed_dim").GetInt32(),
            MinDepth = config.GetProperty("min_depth").GetInt32(),
            MaxDepth = config.GetProperty("max_depth").GetInt32(),
            HeadDim = config.GetProperty("head_dim").GetInt32(),
            LayerScale = weights.ContainsKey("blocks.0.ls1.gamma") ? 1 : null,
        };
        var network = new ElasticViT(architecture, seed: 0);
        StateDictionary.Load(network, weights, parameters);
        return network;
    }

    /// <summary>The elastic Swin of a golden configuration, with the golden parameters.</summary>
    public static ElasticSwin LoadSwin(JsonElement config, string parameters = "swin_params.safetensors")
    {
        var network = new ElasticSwin(SwinOf(config), seed: 0);
        StateDictionary.Load(network, Load(parameters).Where(entry => !entry.Key.EndsWith(PositionIndex, StringComparison.Ordinal)).ToDictionary(), parameters);
        return network;
    }

    /// <summary>A constant in the reference's state dict.</summary>
    public const string PositionIndex = "relative_position_index";

    public static SwinArchitecture SwinOf(JsonElement config) => new()
    {
        ImageSize = config.GetProperty("img_size").GetInt32(),
        MinEmbedDim = config.GetProperty("min_embed_dim").GetInt32(),
        MaxEmbedDim = config.GetProperty("max_embed_dim").GetInt32(),
        HeadDim = config.GetProperty("head_dim").GetInt32(),
        MinStage3Depth = config.GetProperty("min_s3_depth").GetInt32(),
        MaxDepths = [.. Integers(config.GetProperty("max_depths"))],
        WindowSize = config.GetProperty("window_size").GetInt32(),
        IbotScaleFactor = config.GetProperty("ibot_scale_factor").GetInt32(),
    };

    /// <summary>The elastic ResNet of a golden configuration, with the golden parameters.</summary>
    public static ElasticResNet LoadResNet(JsonElement config, string parameters = "resnet_params.safetensors")
    {
        var network = new ElasticResNet(ResNetOf(config), seed: 0);
        StateDictionary.Load(network, Load(parameters), parameters);
        return network;
    }

    public static ResNetArchitecture ResNetOf(JsonElement config) => new()
    {
        ImageSize = config.GetProperty("img_size").GetInt32(),
        StemChannels = config.GetProperty("stem_channels").GetInt32(),
        BaseChannels = config.GetProperty("base_channels").GetInt32(),
        Groups = config.GetProperty("num_gn_groups").GetInt32(),
        MinDepths = [.. Integers(config.GetProperty("min_depths"))],
        MaxDepths = [.. Integers(config.GetProperty("max_depths"))],
        IbotScaleFactor = config.GetProperty("ibot_scale_factor").GetInt32(),
    };

    public static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    public static SubNetwork SubNetworkOf(JsonElement pair) => new(pair[0].GetInt32(), pair[1].GetInt32());

    /// <summary>Asserts |actual - expected| at most atol + rtol * |expected| everywhere.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double atol, double rtol, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var reference = expected.to(ScalarType.Float64);
        var excess = ((actual.detach().to(ScalarType.Float64) - reference).abs() - (reference.abs() * rtol)).max().item<double>();
        Assert.True(excess <= atol, $"{what}: deviates by {excess:E2} beyond rtol {rtol:E1}, with atol {atol:E1}.");
    }
}
