using System.Text.Json;
using Poa.Elastic;
using Poa.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.ResNet;

[Trait("Category", Golden.Trait)]
public sealed class ElasticResNetGoldenTests : IDisposable
{
    private const double Atol = 5e-5;
    private const double Rtol = 1e-5;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly JsonElement _json = Golden.Json("resnet_forward.json");
    private readonly Dictionary<string, Tensor> _golden = GoldenTensors.Load("resnet_forward.safetensors");
    private readonly ElasticResNet _network;

    public ElasticResNetGoldenTests() => _network = GoldenTensors.LoadResNet(_json.GetProperty("config"));

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Grid_GoldenConfiguration_IsTheReferences()
    {
        Assert.Equal(_json.GetProperty("widths").EnumerateArray().Select(tuple => tuple[0].GetInt32()), _network.Grid.Widths);
        Assert.Equal(_json.GetProperty("num_depth_tuples").GetInt32(), _network.Grid.Depths.Count);
        Assert.Equal(_json.GetProperty("max_embed_dim").GetInt32(), _network.Grid.FeatureWidth(_network.Grid.Intact));
        foreach (var key in _json.GetProperty("keys").EnumerateObject())
        {
            var subNetwork = SubNetworkOf(key.Value);
            Assert.Equal(
                GoldenTensors.Integers(key.Value.GetProperty("mid_channels")),
                Enumerable.Range(0, 4).Select(stage => ResNetArchitecture.MidChannels(subNetwork.Width, stage)));
            Assert.Equal(
                key.Value.GetProperty("block_idx").EnumerateArray().Select(GoldenTensors.Integers),
                Enumerable.Range(0, 4).Select(stage => _network.Architecture.KeptBlocks(stage, subNetwork.Depth).ToArray()));
        }
    }

    [Fact]
    public void Forward_EveryGoldenInput_MatchesTheReference()
    {
        foreach (var (prefix, subNetwork) in Cases())
        {
            AssertOutput($"{prefix}/global", _network.Forward(_golden["in/global"], subNetwork));
            AssertOutput($"{prefix}/global_masked", _network.Forward(_golden["in/global"], subNetwork, _golden["in/masks"]));
            AssertOutput($"{prefix}/local", _network.Forward(_golden["in/local"], subNetwork));
            var outputs = _network.Forward([new(_golden["in/global"], _golden["in/masks"]), new(_golden["in/local"])], subNetwork);
            AssertOutput($"{prefix}/global_masked", outputs[0]);
            AssertOutput($"{prefix}/local", outputs[1]);
        }
    }

    [Fact]
    public void ClassTokens_ManySubNetworks_MatchTheReference()
    {
        var cases = Cases();
        foreach (var input in (string[])["global", "local"])
        {
            var tokens = _network.ClassTokens(_golden[$"in/{input}"], [.. cases.Select(c => c.SubNetwork)]);

            for (var i = 0; i < cases.Length; i++)
            {
                AssertClose($"{cases[i].Prefix}/{input}/x_norm_clstoken", tokens[i]);
            }
        }
    }

    [Fact]
    public void PooledBlocks_LastThreeStages_MatchTheReferencesMultistagePooling()
    {
        var cases = Cases();
        var rows = _network.PooledBlocks(_golden["in/global"], [.. cases.Select(c => c.SubNetwork)], levels => [levels - 3, levels - 2, levels - 1]);

        for (var i = 0; i < cases.Length; i++)
        {
            var name = $"{cases[i].Prefix}/global/multistage_mean_pooling";
            AssertClose(name, rows[i].narrow(1, 0, _golden[name].shape[1]));
            Assert.Equal(_network.LevelWidths(cases[i].SubNetwork).Skip(1).Sum() + _network.LevelWidths(cases[i].SubNetwork)[^1], rows[i].shape[1]);
        }
    }

    [Fact]
    public void StageMaps_LastStages_HaveTheReferencesMeans()
    {
        foreach (var (prefix, subNetwork) in Cases())
        {
            var layers = _network.StageMaps(_golden["in/global"], subNetwork);

            Assert.Equal(layers.Select((_, i) => _golden["in/global"].shape[2] >> (2 + i)), layers.Select(layer => layer.Features_BCHW.shape[2]));
            AssertClose($"{prefix}/global/multistage_mean_pooling", cat([.. layers.Skip(1).Select(layer => layer.ClassToken_BD)], 1));
            AssertClose($"{prefix}/global/x_prenorm", layers[^1].Features_BCHW.flatten(2).transpose(1, 2));
        }
    }

    private (string Prefix, SubNetwork SubNetwork)[] Cases() =>
        [.. _json.GetProperty("keys").EnumerateObject().Select(key => ($"out/{key.Name}", SubNetworkOf(key.Value)))];

    private static SubNetwork SubNetworkOf(JsonElement key) =>
        new(key.GetProperty("mid_channels")[0].GetInt32(), new NetworkDepth(GoldenTensors.Integers(key.GetProperty("depths"))));

    private void AssertOutput(string prefix, BackboneOutput output)
    {
        AssertClose($"{prefix}/x_norm_clstoken", output.ClassToken);
        AssertClose($"{prefix}/x_norm_patchtokens", output.PatchTokens);
        AssertClose($"{prefix}/x_prenorm", output.Prenorm);
    }

    private void AssertClose(string name, Tensor actual) => GoldenTensors.AssertClose(_golden[name], actual, Atol, Rtol, name);
}
