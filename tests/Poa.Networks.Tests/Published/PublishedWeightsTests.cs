using Poa.Elastic;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Published;

public sealed class PublishedWeightsTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly string folder = Directory.CreateTempSubdirectory("poa-published-").FullName;
    private readonly ElasticViT published = Networks.Create(Networks.Tiny, seed: 7);

    private string File => Path.Combine(folder, "model.safetensors");

    public void Dispose()
    {
        published.Dispose();
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(FeedForward.Mlp, true, true, null)]
    [InlineData(FeedForward.SwiGlu, true, true, 0.1)]
    [InlineData(FeedForward.Mlp, false, true, 0.1)]
    [InlineData(FeedForward.Mlp, true, false, 0.1)]
    public void Load_ExtractedIntactNetwork_GivesTheSameFeatures(FeedForward feedForward, bool qkvBias, bool otherBiases, double? layerScale)
    {
        var architecture = Networks.Tiny with { FeedForward = feedForward, QkvBias = qkvBias, ProjBias = otherBiases, FfnBias = otherBiases, LayerScale = layerScale };
        using var source = Networks.Create(architecture, seed: 3);
        using (var stream = System.IO.File.Create(File))
        {
            Extraction.Save(stream, Extraction.PlainWeights(source, source.Grid.Intact), Extraction.Configuration(source, source.Grid.Intact));
        }

        using var network = Networks.Create(architecture, seed: 4);
        var report = PublishedWeights.Load(File, network);

        Assert.True(report.Fits);
        Assert.Empty(report.Notes);
        Assert.Equal("mask_token", Assert.Single(report.Entries, entry => entry.Fate != WeightFate.Used).Name);
        AssertSameFeatures(source, network, 1e-5);
        // What it also holds: every sub-network of the published one.
        Assert.True(Networks.MaxDeviation(source.Forward(Images(16), new(12, 3)).ClassToken, network.Forward(Images(16), new(12, 3)).ClassToken) <= 1e-5);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("module.backbone.", false)]
    [InlineData("teacher.backbone.", true)]
    public void Load_DinoV2Names_GivesTheSameFeatures(string prefix, bool isChunked)
    {
        Save(Timm().ToDictionary(w => prefix + (isChunked ? InChunks(w.Key) : w.Key), w => w.Value));

        using var network = Networks.Create(Networks.Tiny, seed: 4);
        var report = PublishedWeights.Load(File, network);

        Assert.Contains("heads of 4 channels", Assert.Single(report.Notes), StringComparison.Ordinal);
        AssertSameFeatures(published, network, 0);

        static string InChunks(string name) => name.StartsWith("blocks.", StringComparison.Ordinal) ? $"blocks.{(name[7] - '0') / 2}.{name[7..]}" : name;
    }

    [Fact]
    public void Load_CheckpointOfThisSoftware_TakesTheTeacherAndItsMaskToken()
    {
        var weights = StateDictionary.Of(published).ToDictionary(w => $"teacher.backbone.{w.Key}", w => w.Value.detach());
        foreach (var (name, value) in StateDictionary.Of(published))
        {
            weights.Add($"student.backbone.{name}", zeros_like(value));
        }

        weights.Add("teacher.dino_head.mlp.0.weight", ones(2, 2));
        Save(weights);

        using var network = Networks.Create(Networks.Tiny, seed: 4);
        var report = PublishedWeights.Load(File, network);

        Assert.All(StateDictionary.Of(network), w => Assert.True(w.Value.equal(weights[$"teacher.backbone.{w.Key}"]).all().item<bool>(), w.Key));
        Assert.Contains(report.Entries, entry => entry is { Name: "teacher.dino_head.mlp.0.weight", Fate: WeightFate.Ignored });
        Assert.Contains(report.Entries, entry => entry is { Name: "student.backbone.cls_token", Fate: WeightFate.Ignored });
    }

    [Theory]
    [InlineData(ScalarType.Float16, 2e-2)]
    [InlineData(ScalarType.BFloat16, 2e-1)]
    [InlineData(ScalarType.Float64, 1e-6)]
    public void Load_OtherPrecision_IsConverted(ScalarType type, double tolerance)
    {
        Save(Timm().ToDictionary(w => w.Key, w => w.Value.to(type)));

        using var network = Networks.Create(Networks.Tiny, seed: 4);
        Assert.True(PublishedWeights.Load(File, network).Fits);

        Assert.All(StateDictionary.Of(network), w => Assert.Equal(ScalarType.Float32, w.Value.dtype));
        AssertSameFeatures(published, network, tolerance);
    }

    [Fact]
    public void Load_OtherNumberOfPatches_ResizesThePositionsBicubically()
    {
        Save(Timm());
        using var network = Networks.Create(Networks.Tiny with { ImageSize = 24 }, seed: 4);

        var report = PublishedWeights.Load(File, network);

        var entry = Assert.Single(report.Entries, entry => entry.Fate == WeightFate.Resized);
        Assert.Equal(("pos_embed", "from 4 x 4 to 6 x 6 patches, bicubically"), (entry.Name, entry.Note));
        var expected = nn.functional.interpolate(
            published.pos_embed.detach()[TensorIndex.Colon, 1..].view(1, 4, 4, -1).permute(0, 3, 1, 2), [6, 6], mode: InterpolationMode.Bicubic, align_corners: false);
        Assert.True(Networks.MaxDeviation(expected.permute(0, 2, 3, 1).flatten(1, 2), network.pos_embed.detach()[TensorIndex.Colon, 1..]) < 1e-5);
        Assert.Contains("1 resized (pos_embed: from 4 x 4 to 6 x 6 patches, bicubically)", report.Summary(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileWithoutLayerScaleAndBiases_GetsThoseThatChangeNothing()
    {
        using var source = Networks.Create(Networks.Tiny with { LayerScale = null, QkvBias = false }, seed: 3);
        Save(Extraction.PlainWeights(source, source.Grid.Intact));
        using var network = Networks.Create(Networks.Tiny, seed: 4);

        var report = PublishedWeights.Load(File, network);

        Assert.Equal(15, report.Entries.Count(entry => entry.Fate == WeightFate.Neutral)); // two factors and a bias in each of five blocks
        AssertSameFeatures(source, network, 1e-5);
    }

    [Fact]
    public void Load_HeadsAndRegisterTokens_AreIgnoredWithTheReason()
    {
        var weights = Timm();
        weights.Add("head.weight", ones(2, 2));
        weights.Add("register_tokens", ones(1, 4, 24));
        Save(weights);
        using var network = Networks.Create(Networks.Tiny, seed: 4);

        var report = PublishedWeights.Load(File, network);

        Assert.Equal(["head.weight", "register_tokens"], report.Entries.Where(entry => entry.Fate == WeightFate.Ignored).Select(entry => entry.Name));
        Assert.Contains("register tokens, which this network does not have", report.Summary(), StringComparison.Ordinal);
        AssertSameFeatures(published, network, 0);
    }

    public static TheoryData<string, string[]> Unfit => new()
    {
        { "width", ["24 channels wide", "this one 32", "student.max_embed_dim=24"] },
        { "depth", ["5 blocks deep", "this one 6", "student.max_depth=5"] },
        { "patch", ["4 pixels a patch", "this one 8", "student.patch_size=4"] },
        { "heads", ["4 channels a head", "this one 8", "student.head_dim=4"] },
        { "missing", ["norm.norm.weight: missing"] },
        { "extra", ["blocks.0.attn.gate: not part of this network"] },
        { "scale", ["student.layerscale"] },
        { "bias", ["blocks.0.attn.qkv.bias: this network has no such bias", "student.qkv_bias"] },
        { "type", ["cls_token: has elements of type I64"] },
        { "shape", ["norm.bias: is [7], should be [24]"] },
        { "positions", ["pos_embed: has 16 rows"] },
        { "finite", ["'cls_token' holds values that are not finite"] },
        { "twice", ["norm.weight: the same as module.norm.weight"] },
        { "stranger", ["no patch_embed.proj.weight"] },
        { "truncated", ["truncated", "Only whole safetensors files"] },
        { "text", ["Only whole safetensors files"] },
        { "zip", ["a file of PyTorch", "save_file", "weights_only=True"] },
        { "pickle", ["a file of PyTorch"] },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void Load_FileThatDoesNotFit_SaysWhyAndLoadsNothing(string what, string[] words)
    {
        var weights = Timm();
        var architecture = Networks.Tiny;
        byte[]? bytes = null;
        switch (what)
        {
            case "width": architecture = architecture with { MaxEmbedDim = 32 }; break;
            case "depth": architecture = architecture with { MaxDepth = 6 }; break;
            case "patch": architecture = architecture with { PatchSize = 8 }; break;
            case "heads": architecture = architecture with { HeadDim = 8 }; break;
            case "missing": weights.Remove("norm.weight"); break;
            case "extra": weights.Add("blocks.0.attn.gate", ones(3)); break;
            case "scale": architecture = architecture with { LayerScale = null }; break;
            case "bias": architecture = architecture with { QkvBias = false }; break;
            case "type": weights["cls_token"] = ones([1, 1, 24], ScalarType.Int64); break;
            case "shape": weights["norm.bias"] = ones(7); break;
            case "positions": weights["pos_embed"] = ones(1, 16, 24); break;
            case "finite": weights["cls_token"] = full([1, 1, 24], float.NaN); break;
            case "twice": weights.Add("module.norm.weight", ones(24)); break;
            case "stranger": weights = new() { ["conv1.weight"] = ones(8, 3, 7, 7) }; break;
            case "text": bytes = [.. "version https://git-lfs.github.com/spec/v1"u8]; break;
            case "zip": bytes = [.. "PK\u0003\u0004"u8, .. new byte[64]]; break;
            case "pickle": bytes = [0x80, 2, .. new byte[64]]; break;
        }

        using (var stream = System.IO.File.Create(File))
        {
            Extraction.Save(stream, weights, Extraction.Configuration(published, published.Grid.Intact));
        }

        bytes = what == "truncated" ? System.IO.File.ReadAllBytes(File)[..^100] : bytes;
        if (bytes is not null)
        {
            System.IO.File.WriteAllBytes(File, bytes);
        }

        using var network = Networks.Create(architecture, seed: 4);
        var before = StateDictionary.Of(network).ToDictionary(w => w.Key, w => w.Value.detach().clone());

        var error = Assert.Throws<PublishedWeightsException>(() => PublishedWeights.Load(File, network));

        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        Assert.All(StateDictionary.Of(network), w => Assert.True(w.Value.equal(before[w.Key]).all().item<bool>(), w.Key));
    }

    [Fact]
    public void Inspect_FileThatDoesNotFit_HasAFateForEveryTensor()
    {
        Save(Timm());

        var report = PublishedWeights.Inspect(File, Networks.Tiny with { MaxEmbedDim = 32, MaxDepth = 6 });

        Assert.Equal(2, report.Faults.Length);
        Assert.Empty(Timm().Keys.Except(report.Entries.Select(entry => entry.Name)));
        Assert.Contains(report.Entries, entry => entry is { Name: "blocks.5.norm1.norm.weight", Fate: WeightFate.Refused, Note: "missing" });
    }

    private static Tensor Images(int side) => Networks.Random(9, 2, 3, side, side);

    private static void AssertSameFeatures(ElasticViT expected, ElasticViT actual, double tolerance)
    {
        foreach (var side in new[] { 16, 24 })
        {
            var (a, b) = (expected.Forward(Images(side), expected.Grid.Intact), actual.Forward(Images(side), actual.Grid.Intact));
            Assert.InRange(Networks.MaxDeviation(a.ClassToken, b.ClassToken), 0, tolerance);
            Assert.InRange(Networks.MaxDeviation(a.PatchTokens, b.PatchTokens), 0, tolerance);
        }
    }

    private Dictionary<string, Tensor> Timm() => Extraction.PlainWeights(published, published.Grid.Intact);

    private void Save(Dictionary<string, Tensor> weights) => Safetensors.Save(File, weights);
}
