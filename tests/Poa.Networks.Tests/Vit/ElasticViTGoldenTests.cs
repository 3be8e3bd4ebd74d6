using System.Text.Json;
using Poa.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Vit;

[Trait("Category", Golden.Trait)]
public sealed class ElasticViTGoldenTests : IDisposable
{
    private const double Atol = 2e-5;
    private const double Rtol = 1e-5;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly JsonElement _config = Golden.Json("vit_forward.json").GetProperty("config");
    private readonly Dictionary<string, Tensor> _golden = GoldenTensors.Load("vit_forward.safetensors");
    private readonly ElasticViT _network;

    public ElasticViTGoldenTests() => _network = GoldenTensors.LoadViT(_config);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Forward_EveryGoldenInput_MatchesTheReference()
    {
        foreach (var pair in _config.GetProperty("pairs").EnumerateArray())
        {
            var subNetwork = GoldenTensors.SubNetworkOf(pair);
            var prefix = $"out/w{subNetwork.Width}_d{subNetwork.Depth}";
            AssertOutput($"{prefix}/global", _network.Forward(_golden["in/global"], subNetwork));
            AssertOutput($"{prefix}/global_masked", _network.Forward(_golden["in/global"], subNetwork, _golden["in/masks"]));
            AssertOutput($"{prefix}/local", _network.Forward(_golden["in/local"], subNetwork));
        }

        foreach (var pair in _config.GetProperty("nonsquare_pairs").EnumerateArray())
        {
            var subNetwork = GoldenTensors.SubNetworkOf(pair);
            AssertOutput($"out/w{subNetwork.Width}_d{subNetwork.Depth}/nonsquare", _network.Forward(_golden["in/nonsquare"], subNetwork));
        }
    }

    [Fact]
    public void Forward_SeveralInputsPacked_MatchesTheReference()
    {
        foreach (var pair in _config.GetProperty("pairs").EnumerateArray())
        {
            var subNetwork = GoldenTensors.SubNetworkOf(pair);
            var outputs = _network.Forward(
                [new(_golden["in/global"], _golden["in/masks"]), new(_golden["in/local"]), new(_golden["in/global"])], subNetwork);

            var prefix = $"out/w{subNetwork.Width}_d{subNetwork.Depth}";
            AssertOutput($"{prefix}/global_masked", outputs[0]);
            AssertOutput($"{prefix}/local", outputs[1]);
            AssertOutput($"{prefix}/global", outputs[2]);
        }
    }

    [Fact]
    public void ClassTokens_ManySubNetworks_MatchTheReference()
    {
        var subNetworks = _config.GetProperty("pairs").EnumerateArray().Select(GoldenTensors.SubNetworkOf).ToArray();
        foreach (var input in (string[])["global", "local"])
        {
            var tokens = _network.ClassTokens(_golden[$"in/{input}"], subNetworks);

            for (var i = 0; i < subNetworks.Length; i++)
            {
                var name = $"out/w{subNetworks[i].Width}_d{subNetworks[i].Depth}/{input}/x_norm_clstoken";
                GoldenTensors.AssertClose(_golden[name], tokens[i], Atol, Rtol, name);
            }
        }
    }

    [Fact]
    public void PositionEmbedding_EveryGoldenSize_MatchesTheReference()
    {
        foreach (var size in _config.GetProperty("pos").EnumerateArray())
        {
            var (height, width, embedDim) = (size[0].GetInt32(), size[1].GetInt32(), size[2].GetInt32());
            var name = $"pos/h{height}_w{width}_width{embedDim}";
            GoldenTensors.AssertClose(_golden[name], _network.PositionEmbedding(height, width, embedDim), Atol, Rtol, name);
        }
    }

    [Fact]
    public void IntermediateLayers_EveryGoldenCase_MatchTheReference()
    {
        var listed = Golden.Json("vit_forward.json").GetProperty("intermediate_positions");
        foreach (var entry in _config.GetProperty("intermediate").EnumerateArray())
        {
            var subNetwork = GoldenTensors.SubNetworkOf(entry);
            var (count, normalise) = (entry[2].GetInt32(), entry[3].GetBoolean());
            var name = $"w{subNetwork.Width}_d{subNetwork.Depth}_n{count}";
            Assert.Equal(
                listed.GetProperty(name).EnumerateArray().Select(p => p.GetInt32()),
                ElasticViT.IntermediatePositions(subNetwork.Depth.Blocks, count));

            var layers = _network.IntermediateLayers(_golden["in/global"], subNetwork, count, normalise);

            Assert.Equal(count, layers.Count);
            for (var i = 0; i < count; i++)
            {
                var prefix = $"intermediate/{name}_{(normalise ? "norm" : "raw")}/{i}";
                GoldenTensors.AssertClose(_golden[$"{prefix}/feat"], layers[i].Features_BCHW, Atol, Rtol, $"{prefix}/feat");
                GoldenTensors.AssertClose(_golden[$"{prefix}/cls"], layers[i].ClassToken_BD, Atol, Rtol, $"{prefix}/cls");
            }
        }
    }

    private void AssertOutput(string prefix, BackboneOutput output)
    {
        GoldenTensors.AssertClose(_golden[$"{prefix}/x_norm_clstoken"], output.ClassToken, Atol, Rtol, $"{prefix}/x_norm_clstoken");
        GoldenTensors.AssertClose(_golden[$"{prefix}/x_norm_patchtokens"], output.PatchTokens, Atol, Rtol, $"{prefix}/x_norm_patchtokens");
        GoldenTensors.AssertClose(_golden[$"{prefix}/x_prenorm"], output.Prenorm, Atol, Rtol, $"{prefix}/x_prenorm");
    }
}
