using System.Text.Json;
using Poa.Testing;

namespace Poa.Elastic.Tests;

/// <summary>Against index_tables.json, exactly.</summary>
public sealed class IndexTableTests
{
    private static readonly JsonElement Tables = Golden.Json("index_tables.json");

    public static TheoryData<int> ViTCases => [.. Enumerable.Range(0, Tables.GetProperty("vit_networks").GetArrayLength())];

    [Fact]
    [Trait("Category", Golden.Trait)]
    public void KeptBlocks_AllGoldenDepths_AreTheReferences()
    {
        var compared = 0;
        foreach (var maxDepth in Tables.GetProperty("block_idx").EnumerateObject())
        {
            foreach (var depth in maxDepth.Value.EnumerateObject())
            {
                int[] expected = [.. depth.Value.EnumerateArray().Select(index => index.GetInt32())];
                Assert.Equal(expected, BlockSelection.KeptBlocks(int.Parse(maxDepth.Name), int.Parse(depth.Name)));
                compared++;
            }
        }

        Assert.NotEqual(0, compared);
    }

    [Theory]
    [MemberData(nameof(ViTCases))]
    [Trait("Category", Golden.Trait)]
    public void ViTGrid_GoldenConfiguration_HasTheReferencesWidthsAndDepths(int index)
    {
        var (expected, grid) = Case(index);

        Assert.Equal(Integers(expected.GetProperty("widths")), grid.Widths);
        Assert.Equal(Integers(expected.GetProperty("depths")), grid.Depths);
        Assert.Equal(expected.GetProperty("num_distinct").GetInt32(), grid.SubNetworks.Count);
    }

    [Theory]
    [MemberData(nameof(ViTCases))]
    [Trait("Category", Golden.Trait)]
    public void Multiplicities_GoldenConfiguration_AreTheReferencesInOrder(int index)
    {
        var (expected, grid) = Case(index);
        var sampler = new ElasticSampler(grid, expected.GetProperty("config").GetProperty("net_select_scale").GetDouble(), seed: 0);

        var counts = expected.GetProperty("networks_w_d_count").EnumerateArray()
            .Select(entry => (new SubNetwork(entry[0].GetInt32(), entry[1].GetInt32()), entry[2].GetInt32()));
        Assert.Equal(counts, sampler.Multiplicities);
        Assert.Equal(expected.GetProperty("num_networks").GetInt32() - 1, sampler.WalkLength);
    }

    private static (JsonElement Expected, ViTGrid Grid) Case(int index)
    {
        var expected = Tables.GetProperty("vit_networks")[index];
        var config = expected.GetProperty("config");
        int Value(string key) => config.GetProperty(key).GetInt32();
        return (expected, new ViTGrid(new ViTArchitecture
        {
            MinEmbedDim = Value("min_embed_dim"),
            MaxEmbedDim = Value("max_embed_dim"),
            HeadDim = Value("head_dim"),
            WidthInterval = Value("width_interval"),
            DepthInterval = Value("depth_interval"),
            MinDepth = Value("min_depth"),
            MaxDepth = Value("max_depth"),
        }));
    }

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];
}
