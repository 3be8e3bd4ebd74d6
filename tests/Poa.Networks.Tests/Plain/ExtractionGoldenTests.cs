using System.Text.Json;
using Poa.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Plain;

[Trait("Category", Golden.Trait)]
public sealed class ExtractionGoldenTests
{
    private const string HeadParameters = "head_param/";
    private const double Atol = 2e-5;
    private const double Rtol = 1e-5;

    [Fact]
    public void PlainNetwork_EveryGoldenSubNetwork_GivesTheReferencesOutputs()
    {
        using var scope = NewDisposeScope();
        var json = Golden.Json("extraction.json");
        var config = json.GetProperty("config");
        var golden = GoldenTensors.Load("extraction.safetensors");
        using var network = GoldenTensors.LoadViT(json.GetProperty("backbone_config"), json.GetProperty("backbone_params_file").GetString()!);
        var headState = golden.Where(g => g.Key.StartsWith(HeadParameters, StringComparison.Ordinal)).ToDictionary(g => g.Key[HeadParameters.Length..], g => g.Value);

        foreach (var subNetwork in config.GetProperty("pairs").EnumerateArray().Select(GoldenTensors.SubNetworkOf))
        {
            var configuration = Extraction.Configuration(network.Architecture, subNetwork);
            using var plain = new PlainViT(configuration, Extraction.PlainWeights(Networks.StateOf(network), network.Architecture, subNetwork), "extracted");
            var prefix = $"out/w{subNetwork.Width}_d{subNetwork.Depth}";
            foreach (var input in (string[])["images", "local"])
            {
                var output = plain.Forward(golden[$"in/{input}"]);
                GoldenTensors.AssertClose(golden[$"{prefix}/{input}/x_norm_clstoken"], output.ClassToken, Atol, Rtol, $"{prefix}/{input}/x_norm_clstoken");
                GoldenTensors.AssertClose(golden[$"{prefix}/{input}/x_norm_patchtokens"], output.PatchTokens, Atol, Rtol, $"{prefix}/{input}/x_norm_patchtokens");
            }

            using var head = PlainHead(config, headState, network.Architecture.MaxEmbedDim, subNetwork.Width);
            var scores = head.Forward(plain.Forward(golden["in/images"]).ClassToken);
            for (var i = 0; i < scores.Count; i++)
            {
                GoldenTensors.AssertClose(golden[$"{prefix}/images/head{i}"], scores[i], Atol, Rtol, $"{prefix}/images/head{i}");
            }
        }
    }

    [Fact]
    public void Configuration_EveryGoldenSubNetwork_HasTheReferencesSizes()
    {
        using var scope = NewDisposeScope();
        var json = Golden.Json("extraction.json");
        using var network = GoldenTensors.LoadViT(json.GetProperty("backbone_config"), json.GetProperty("backbone_params_file").GetString()!);

        foreach (var net in json.GetProperty("nets").EnumerateArray())
        {
            var configuration = Extraction.Configuration(network.Architecture, new(net.GetProperty("width").GetInt32(), net.GetProperty("depth").GetInt32()));

            Assert.Equal(net.GetProperty("num_heads").GetInt32(), configuration.EmbedDim / configuration.HeadDim);
            Assert.Equal(net.GetProperty("mlp_hidden").GetInt32(), configuration.HiddenDim);
        }
    }

    private static MultiPrototypeHead PlainHead(JsonElement config, Dictionary<string, Tensor> headState, int maxWidth, int width)
    {
        int[] prototypes = [.. config.GetProperty("head_out_dims").EnumerateArray().Select(k => k.GetInt32())];
        var layers = headState.Keys.Count(name => name.StartsWith("mlp0.", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal));
        var head = new MultiPrototypeHead(
            width, prototypes, config.GetProperty("head_hidden").GetInt32(), config.GetProperty("head_bottleneck").GetInt32(), layers, seed: 0);
        StateDictionary.Load(head, Extraction.Head(headState, maxWidth, width), "extraction.safetensors");
        return head;
    }
}
