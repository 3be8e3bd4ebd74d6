using System.Text.Json;
using Poa.Elastic;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Plain;

public sealed class PlainViTTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Variants => [.. VariantByName.Keys];

    private static Dictionary<string, ViTArchitecture> VariantByName { get; } = new()
    {
        ["mlp"] = Networks.Tiny,
        ["no layer scale"] = Networks.Tiny with { LayerScale = null },
        ["no biases"] = Networks.Tiny with { QkvBias = false, ProjBias = false, FfnBias = false },
        ["bias in the projection only"] = Networks.Tiny with { FfnBias = false },
        ["swiglu"] = Networks.Tiny with { FeedForward = FeedForward.SwiGlu },
        // The reference's truncation: 60 of 88 channels have 239 hidden ones, not 240.
        ["truncated hidden width"] = Networks.Tiny with { MinEmbedDim = 60, MaxEmbedDim = 88, MinDepth = 2, MaxDepth = 2, WidthInterval = 7 },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Variants))]
    public void Load_FileOfEveryCell_GivesTheLiveSlicesOutputs(string variant)
    {
        using var network = Networks.Create(VariantByName[variant]);
        foreach (var subNetwork in network.Grid.SubNetworks)
        {
            using var file = Extract(network, subNetwork);
            using var plain = PlainViT.Load(file, subNetwork.ToString());
            // The network's own size, a smaller one and one that is not square.
            foreach (var images in (Tensor[])[Networks.Random(7, 2, 3, 16, 16), Networks.Random(8, 3, 3, 8, 8), Networks.Random(9, 1, 3, 12, 20)])
            {
                using var live = network.Forward(images, subNetwork);
                using var extracted = plain.Forward(images);

                Assert.True(Networks.MaxDeviation(live.ClassToken, extracted.ClassToken) <= Tolerance, $"{subNetwork}: class token");
                Assert.True(Networks.MaxDeviation(live.PatchTokens, extracted.PatchTokens) <= Tolerance, $"{subNetwork}: patch tokens");
                Assert.True(Networks.MaxDeviation(live.Prenorm, extracted.Prenorm) <= Tolerance * live.Prenorm.abs().max().item<float>(), $"{subNetwork}: prenorm");
            }
        }
    }

    [Fact]
    public void ClassAttention_OfEveryHead_IsTheSoftmaxOfItsDefinition()
    {
        using var network = Networks.Create(Networks.Tiny);
        var subNetwork = network.Grid.SubNetworks[^1];
        using var file = Extract(network, subNetwork);
        using var plain = PlainViT.Load(file, "plain");
        var weights = Extraction.PlainWeights(Networks.StateOf(network), Networks.Tiny, subNetwork);
        var shorter = weights.Where(w => !w.Key.StartsWith($"blocks.{subNetwork.Depth.Blocks - 1}.", StringComparison.Ordinal)).ToDictionary();
        using var before = new PlainViT(plain.Configuration with { Depth = subNetwork.Depth.Blocks - 1 }, shorter, "all blocks but the last");
        var images = Networks.Random(5, 2, 3, 12, 20);

        var attention = plain.ClassAttention(images);

        var (heads, headDim) = (subNetwork.Width / Networks.Tiny.HeadDim, Networks.Tiny.HeadDim);
        Assert.Equal([2, heads, images.shape[2] * images.shape[3] / (Networks.Tiny.PatchSize * Networks.Tiny.PatchSize)], attention.shape);
        var block = $"blocks.{subNetwork.Depth.Blocks - 1}";
        var tokens = before.Forward(images).Prenorm;
        var normed = nn.functional.layer_norm(tokens, [subNetwork.Width], weights[$"{block}.norm1.weight"], weights[$"{block}.norm1.bias"], 1e-6);
        var qkv = nn.functional.linear(normed, weights[$"{block}.attn.qkv.weight"], weights[$"{block}.attn.qkv.bias"]);
        for (var image = 0; image < 2; image++)
        {
            for (var head = 0; head < heads; head++)
            {
                var query = qkv[image, 0].narrow(0, head * headDim, headDim);
                double[] scores = [.. Enumerable.Range(0, (int)tokens.shape[1]).Select(t =>
                    Math.Exp((query * qkv[image, t].narrow(0, subNetwork.Width + (head * headDim), headDim)).sum().item<float>() / Math.Sqrt(headDim)))];
                for (var patch = 0; patch < attention.shape[2]; patch++)
                {
                    Assert.Equal(scores[patch + 1] / scores.Sum(), attention[image, head, patch].item<float>(), 1e-5);
                }
            }
        }
    }

    [Fact]
    public void PlainWeights_SubNetwork_HasTheParametersItsCostSays()
    {
        using var network = Networks.Create(Networks.Tiny);
        foreach (var subNetwork in network.Grid.SubNetworks)
        {
            var weights = Extraction.PlainWeights(Networks.StateOf(network), Networks.Tiny, subNetwork);

            Assert.Equal(network.Grid.CostOf(subNetwork, 16).Parameters, weights.Values.Sum(w => w.NumberOfElements));
        }
    }

    [Fact]
    public void PlainWeights_Names_AreTimms()
    {
        using var network = Networks.Create(Networks.Tiny);

        var weights = Extraction.PlainWeights(Networks.StateOf(network), Networks.Tiny, new(8, 2));

        Assert.Equal(["cls_token", "norm.bias", "norm.weight", "patch_embed.proj.bias", "patch_embed.proj.weight", "pos_embed"],
            weights.Keys.Where(k => !k.StartsWith("blocks", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["attn.proj.bias", "attn.proj.weight", "attn.qkv.bias", "attn.qkv.weight", "ls1.gamma", "ls2.gamma", "mlp.fc1.bias", "mlp.fc1.weight",
             "mlp.fc2.bias", "mlp.fc2.weight", "norm1.bias", "norm1.weight", "norm2.bias", "norm2.weight"],
            weights.Keys.Where(k => k.StartsWith("blocks.1.", StringComparison.Ordinal)).Select(k => k["blocks.1.".Length..]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(weights.Keys, k => k.StartsWith("blocks.2", StringComparison.Ordinal));
        Assert.Equal([1, 17, 8], weights["pos_embed"].shape);
    }

    [Fact]
    public void Load_MissingExtraAndMisshapedTensors_NamesThemAll()
    {
        using var network = Networks.Create(Networks.Tiny);
        var configuration = Extraction.Configuration(Networks.Tiny, new(8, 2));
        var weights = Extraction.PlainWeights(Networks.StateOf(network), Networks.Tiny, new(8, 2));
        weights.Remove("blocks.1.attn.qkv.weight");
        weights["blocks.2.norm1.weight"] = ones(8);
        weights["norm.bias"] = ones(9);
        using var file = new MemoryStream();
        Extraction.Save(file, weights, configuration);
        file.Position = 0;

        var error = Assert.Throws<WeightMismatchException>(() => PlainViT.Load(file, "model.safetensors"));

        Assert.Equal(["blocks.1.attn.qkv.weight"], error.Missing);
        Assert.Equal(["blocks.2.norm1.weight"], error.Unexpected);
        Assert.StartsWith("norm.bias", Assert.Single(error.Misshaped), StringComparison.Ordinal);
        Assert.Contains("model.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("blocks.1.attn.qkv.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightFileOfAnotherKind_SaysWhatIsMissing()
    {
        using var file = new MemoryStream();
        Safetensors.Write(file, [KeyValuePair.Create("cls_token", ones(1, 1, 8))]);
        file.Position = 0;

        var error = Assert.Throws<SafetensorsException>(() => PlainViT.Load(file, "other.safetensors"));

        Assert.Contains("other.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("timm_config", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlainWeights_SubNetworkOffTheGrid_ListsTheLegalOnes()
    {
        using var network = Networks.Create(Networks.Tiny);

        var error = Assert.Throws<ArgumentException>(() => Extraction.PlainWeights(Networks.StateOf(network), Networks.Tiny, new(10, 2)));

        Assert.Contains("10x2", error.Message, StringComparison.Ordinal);
        Assert.Contains("8, 12, 16, 20, 24", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlainWeights_IncompleteStateDict_NamesWhatIsMissing()
    {
        using var network = Networks.Create(Networks.Tiny);
        var state = Networks.StateOf(network);
        state.Remove("blocks.3.mlp.fc1.linear.weight");

        var error = Assert.Throws<WeightMismatchException>(() => Extraction.PlainWeights(state, Networks.Tiny, new(8, 2)));

        Assert.Equal(["blocks.3.mlp.fc1.linear.weight"], error.Missing);
    }

    [Fact]
    public void ConfigJson_SubNetwork_DescribesTheNetworkToTimm()
    {
        using var config = JsonDocument.Parse(Extraction.ConfigJson(Extraction.Configuration(Networks.Tiny, new(12, 3))));

        var root = config.RootElement;
        var arguments = root.GetProperty("model_args");
        Assert.Equal(12, root.GetProperty("num_features").GetInt32());
        Assert.Equal("token", root.GetProperty("global_pool").GetString());
        Assert.Equal((12, 3, 3, 16, 4), (
            arguments.GetProperty("embed_dim").GetInt32(), arguments.GetProperty("depth").GetInt32(), arguments.GetProperty("num_heads").GetInt32(),
            arguments.GetProperty("img_size").GetInt32(), arguments.GetProperty("patch_size").GetInt32()));
        Assert.Equal(4.0, arguments.GetProperty("mlp_ratio").GetDouble());
        Assert.Equal([3, 16, 16], root.GetProperty("pretrained_cfg").GetProperty("input_size").EnumerateArray().Select(s => s.GetInt32()));
    }

    private static MemoryStream Extract(ElasticViT network, SubNetwork subNetwork)
    {
        var file = new MemoryStream();
        Extraction.Save(
            file,
            Extraction.PlainWeights(Networks.StateOf(network), network.Architecture, subNetwork),
            Extraction.Configuration(network.Architecture, subNetwork));
        file.Position = 0;
        return file;
    }
}
