using System.Text.Json;
using Poa.Testing;

namespace Poa.Elastic.Tests;

/// <summary>Against index_tables.json, exactly.</summary>
public sealed class IndexTableTests
{
    private static readonly JsonElement Tables = Golden.Json("index_tables.json");

    public static TheoryData<int> ViTCases => Cases("vit_networks");

    public static TheoryData<int> SwinCases => Cases("swin_networks");

    public static TheoryData<int> ResNetCases => Cases("resnet_networks");

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
        Assert.Equal(Integers(expected.GetProperty("depths")), grid.Depths.Select(depth => depth.Blocks));
        Assert.Equal(expected.GetProperty("num_distinct").GetInt32(), grid.SubNetworks.Count);
    }

    [Theory]
    [MemberData(nameof(SwinCases))]
    [Trait("Category", Golden.Trait)]
    public void SwinGrid_GoldenConfiguration_HasTheReferencesCellsAndMultiplicities(int index)
    {
        var expected = Tables.GetProperty("swin_networks")[index];
        var config = expected.GetProperty("config");
        int Value(string key) => config.GetProperty(key).GetInt32();
        var grid = new SwinGrid(new SwinArchitecture
        {
            MinEmbedDim = Value("min_embed_dim"),
            MaxEmbedDim = Value("max_embed_dim"),
            HeadDim = Value("head_dim"),
            WidthInterval = Value("width_interval"),
            DepthInterval = Value("depth_interval"),
            MinStage3Depth = Value("min_s3_depth"),
            MaxDepths = [2, 2, Value("max_s3_depth"), 2],
        });
        var sampler = new ElasticSampler(grid, config.GetProperty("net_select_scale").GetDouble(), seed: 0);

        Assert.Equal(Integers(expected.GetProperty("widths")), grid.Widths);
        Assert.Equal(Integers(expected.GetProperty("s3_depths")), grid.Depths.Select(depth => depth.Blocks));
        Assert.Equal(expected.GetProperty("num_distinct").GetInt32(), grid.SubNetworks.Count);
        Assert.Equal(Integers(expected.GetProperty("counts")), sampler.Multiplicities.Select(entry => entry.Multiplicity));
        Assert.Equal(expected.GetProperty("num_networks").GetInt32() - 1, sampler.WalkLength);
        AssertEntry(expected.GetProperty("first"), sampler.Multiplicities[0]);
        AssertEntry(expected.GetProperty("last"), sampler.Multiplicities[^1]);

        static void AssertEntry(JsonElement entry, (SubNetwork, int) actual) =>
            Assert.Equal((new SubNetwork(entry[0].GetInt32(), entry[1].GetInt32()), entry[2].GetInt32()), actual);
    }

    [Theory]
    [MemberData(nameof(ResNetCases))]
    [Trait("Category", Golden.Trait)]
    public void ResNetGrid_GoldenConfiguration_HasTheReferencesCellsAndMultiplicities(int index)
    {
        var expected = Tables.GetProperty("resnet_networks")[index];
        var config = expected.GetProperty("config");
        var grid = new ResNetGrid(new ResNetArchitecture
        {
            BaseChannels = config.GetProperty("base_channels").GetInt32(),
            Groups = config.GetProperty("num_gn_groups").GetInt32(),
            MinDepths = [.. Integers(config.GetProperty("min_depths"))],
            MaxDepths = [.. Integers(config.GetProperty("max_depths"))],
        });
        var sampler = new ElasticSampler(grid, config.GetProperty("net_select_scale").GetDouble(), seed: 0);

        var widths = expected.GetProperty("mid_channel_tuples").EnumerateArray().Select(Integers).ToArray();
        Assert.Equal(widths, grid.Widths.Select(width => Enumerable.Range(0, 4).Select(stage => ResNetArchitecture.MidChannels(width, stage)).ToArray()));
        Assert.Equal(expected.GetProperty("num_depth_tuples").GetInt32(), grid.Depths.Count);
        var first = Depths(expected.GetProperty("depth_tuples_first10"));
        var last = Depths(expected.GetProperty("depth_tuples_last10"));
        Assert.Equal(first, grid.Depths.Take(first.Length));
        Assert.Equal(last, grid.Depths.TakeLast(last.Length));
        Assert.Equal(expected.GetProperty("num_distinct").GetInt32(), grid.SubNetworks.Count);
        Assert.Equal(expected.GetProperty("num_networks").GetInt32() - 1, sampler.WalkLength);
        var counts = Integers(expected.GetProperty("counts_for_each_width_in_depth_order"));
        Assert.All(sampler.Multiplicities.Chunk(grid.Depths.Count), ofWidth => Assert.Equal(counts, ofWidth.Select(entry => entry.Multiplicity)));

        static NetworkDepth[] Depths(JsonElement tuples) => [.. tuples.EnumerateArray().Select(tuple => new NetworkDepth(Integers(tuple)))];
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

    private static TheoryData<int> Cases(string table) => [.. Enumerable.Range(0, Tables.GetProperty(table).GetArrayLength())];

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];
}
