using System.Text.Json;
using Poa.Elastic;
using Poa.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Swin;

[Trait("Category", Golden.Trait)]
public sealed class ElasticSwinGoldenTests : IDisposable
{
    private const double Atol = 1e-4;
    private const double Rtol = 1e-5;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly JsonElement _json = Golden.Json("swin_forward.json");
    private readonly JsonElement _config;
    private readonly Dictionary<string, Tensor> _golden = GoldenTensors.Load("swin_forward.safetensors");
    private readonly ElasticSwin _network;

    public ElasticSwinGoldenTests()
    {
        _config = _json.GetProperty("config");
        _network = GoldenTensors.LoadSwin(_config);
    }

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Grid_GoldenConfiguration_IsTheReferences()
    {
        Assert.Equal(GoldenTensors.Integers(_json.GetProperty("widths")), _network.Grid.Widths);
        Assert.Equal(GoldenTensors.Integers(_json.GetProperty("s3_depths")), _network.Grid.Depths.Select(depth => depth.Blocks));
        Assert.Equal(_json.GetProperty("max_feat_dim").GetInt32(), _network.Grid.FeatureWidth(_network.Grid.Intact));
        foreach (var entry in _json.GetProperty("block_idx_by_s3_depth").EnumerateObject())
        {
            Assert.Equal(
                GoldenTensors.Integers(entry.Value),
                _network.Architecture.KeptBlocks(SwinArchitecture.ElasticStage, new NetworkDepth(int.Parse(entry.Name, System.Globalization.CultureInfo.InvariantCulture))));
        }
    }

    [Fact]
    public void Index_OfThePositionTable_IsTheReferencesConstant()
    {
        var constants = GoldenTensors.Load("swin_params.safetensors").Where(entry => entry.Key.EndsWith(GoldenTensors.PositionIndex, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(constants);
        Assert.All(constants, constant => Assert.Equal(RelativePositions.Index(_network.Architecture.WindowSize), constant.Value.data<long>().ToArray()));
    }

    [Fact]
    public void Forward_EveryGoldenInput_MatchesTheReference()
    {
        foreach (var subNetwork in Pairs("pairs"))
        {
            var prefix = Prefix(subNetwork);
            AssertOutput($"{prefix}/global", _network.Forward(_golden["in/global"], subNetwork));
            AssertOutput($"{prefix}/global_masked", _network.Forward(_golden["in/global"], subNetwork, _golden["in/masks"]));
            AssertOutput($"{prefix}/local", _network.Forward(_golden["in/local"], subNetwork));
        }

        foreach (var subNetwork in Pairs("odd_pairs"))
        {
            AssertOutput($"{Prefix(subNetwork)}/odd", _network.Forward(_golden["in/odd"], subNetwork));
        }
    }

    [Fact]
    public void Forward_SeveralInputs_MatchesTheReference()
    {
        foreach (var subNetwork in Pairs("pairs"))
        {
            var outputs = _network.Forward([new(_golden["in/global"], _golden["in/masks"]), new(_golden["in/local"]), new(_golden["in/global"])], subNetwork);

            AssertOutput($"{Prefix(subNetwork)}/global_masked", outputs[0]);
            AssertOutput($"{Prefix(subNetwork)}/local", outputs[1]);
            AssertOutput($"{Prefix(subNetwork)}/global", outputs[2]);
        }
    }

    [Fact]
    public void ClassTokens_ManySubNetworks_MatchTheReference()
    {
        var subNetworks = Pairs("pairs");
        foreach (var input in (string[])["global", "local"])
        {
            var tokens = _network.ClassTokens(_golden[$"in/{input}"], subNetworks);

            for (var i = 0; i < subNetworks.Length; i++)
            {
                AssertClose($"{Prefix(subNetworks[i])}/{input}/x_norm_clstoken", tokens[i]);
            }
        }
    }

    [Fact]
    public void StageMaps_EveryGoldenCase_MatchTheReference()
    {
        foreach (var subNetwork in Pairs("inter_pairs"))
        {
            var layers = _network.StageMaps(_golden["in/global"], subNetwork);

            Assert.Equal(SwinArchitecture.StageCount, layers.Count);
            for (var i = 0; i < layers.Count; i++)
            {
                var prefix = $"intermediate/w{subNetwork.Width}_d{subNetwork.Depth}_n{layers.Count}_norm/{i}";
                AssertClose($"{prefix}/feat", layers[i].Features_BCHW.flatten(2).transpose(1, 2));
                AssertClose($"{prefix}/cls", layers[i].ClassToken_BD);
            }
        }
    }

    private SubNetwork[] Pairs(string name) => [.. _config.GetProperty(name).EnumerateArray().Select(GoldenTensors.SubNetworkOf)];

    private static string Prefix(SubNetwork subNetwork) => $"out/w{subNetwork.Width}_d{subNetwork.Depth}";

    private void AssertOutput(string prefix, BackboneOutput output)
    {
        AssertClose($"{prefix}/x_norm_clstoken", output.ClassToken);
        AssertClose($"{prefix}/x_norm_patchtokens", output.PatchTokens);
        AssertClose($"{prefix}/x_prenorm", output.Prenorm);
    }

    private void AssertClose(string name, Tensor actual) => GoldenTensors.AssertClose(_golden[name], actual, Atol, Rtol, name);
}
