using CsCheck;

namespace Poa.Elastic.Tests;

public sealed class ViTGridTests
{
    private static readonly ViTGrid Paper = new(new ViTArchitecture());

    private static readonly Gen<ViTGrid> Any =
        from headDim in Gen.Int[1, 32]
        from minHeads in Gen.Int[1, 8]
        from widthInterval in Gen.Int[1, 3]
        from widthSteps in Gen.Int[0, 5]
        from minDepth in Gen.Int[1, 12]
        from depthInterval in Gen.Int[1, 3]
        from depthSteps in Gen.Int[0, 5]
        select new ViTGrid(new ViTArchitecture
        {
            HeadDim = headDim,
            WidthInterval = widthInterval,
            MinEmbedDim = headDim * minHeads,
            MaxEmbedDim = headDim * (minHeads + (widthInterval * widthSteps)),
            DepthInterval = depthInterval,
            MinDepth = minDepth,
            MaxDepth = minDepth + (depthInterval * depthSteps),
        });

    [Fact]
    public void SubNetworks_AnyGrid_AreSortedDistinctAndEndWithTheIntactOne() => Any.Sample(grid =>
    {
        Assert.Equal(grid.SubNetworks.Distinct().Order(), grid.SubNetworks);
        Assert.Equal(new SubNetwork(grid.Architecture.MaxEmbedDim, grid.Architecture.MaxDepth), grid.Intact);
        Assert.Equal(grid.Intact, grid.SubNetworks[^1]);
        Assert.Equal(grid.Smallest, grid.SubNetworks[0]);
    });

    [Fact]
    public void Parse_NameOfAnyCell_GivesTheCell() => Any.Sample(grid =>
        Assert.All(grid.SubNetworks, cell => Assert.Equal(cell, grid.Parse(cell.ToString()))));

    [Theory]
    [InlineData("S", 384, 12)]
    [InlineData("b", 768, 12)]
    [InlineData("L", 1024, 24)]
    [InlineData("smallest", 384, 12)]
    [InlineData("Intact", 1024, 24)]
    [InlineData("middle", 704, 18)]
    public void Parse_Alias_GivesItsCell(string alias, int width, int depth) => Assert.Equal(new SubNetwork(width, depth), Paper.Parse(alias));

    [Theory]
    [InlineData("400x12")]
    [InlineData("384x25")]
    [InlineData("384")]
    [InlineData("huge")]
    public void Parse_NotOnTheGrid_ListsTheLegalOnes(string name)
    {
        var message = Assert.Throws<FormatException>(() => Paper.Parse(name)).Message;
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains("384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024", message, StringComparison.Ordinal);
        Assert.Contains("12 to 24", message, StringComparison.Ordinal);
        Assert.Contains("S (384x12)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_PresetThatTheGridLacks_IsRefused()
    {
        var small = new ViTGrid(new ViTArchitecture { HeadDim = 16, MinEmbedDim = 48, MaxEmbedDim = 96, MinDepth = 2, MaxDepth = 6, DepthInterval = 2 });
        Assert.Contains("depths: 2, 4, 6", Assert.Throws<FormatException>(() => small.Parse("S")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_StepMissesTheMaximum_Throws() =>
        Assert.Throws<ArgumentException>(() => new ViTGrid(new ViTArchitecture { MinEmbedDim = 384, MaxEmbedDim = 1000 }));

    // timm's vit_{small,base,large}_patch16_224 without its classifier hold these many parameters.
    [Theory]
    [InlineData("S", 21_665_664)]
    [InlineData("B", 85_798_656)]
    [InlineData("L", 303_301_632)]
    public void CostOf_PaperPresetWithoutLayerScale_HasThePublishedParameterCount(string name, long parameters)
    {
        var grid = new ViTGrid(new ViTArchitecture { LayerScale = null });
        Assert.Equal(parameters, grid.CostOf(grid.Parse(name), 224).Parameters);
    }

    [Fact]
    public void CostOf_ViTBase_MatchesThePublishedMultiplyAccumulates()
    {
        // The usual figure, 17.58 G, counts the same products for 224 pixels plus a classifier of under a million.
        Assert.InRange(Paper.CostOf(Paper.Parse("B"), 224).MultiplyAccumulates, 17.5e9, 17.6e9);
    }

    [Fact]
    public void CostOf_LayerScaleAndBiases_AreCounted()
    {
        var with = new ViTGrid(new ViTArchitecture());
        var without = new ViTGrid(new ViTArchitecture { LayerScale = null, QkvBias = false, ProjBias = false, FfnBias = false });
        const long perBlock = (2 * 384) + (3 * 384) + 384 + (4 * 384) + 384;
        Assert.Equal(12 * perBlock, with.CostOf(with.Smallest, 224).Parameters - without.CostOf(without.Smallest, 224).Parameters);
    }

    [Fact]
    public void CostOf_SwiGlu_CountsThreeMatrices()
    {
        var architecture = new ViTArchitecture { FeedForward = FeedForward.SwiGlu };
        var grid = new ViTGrid(architecture);
        long hidden = architecture.HiddenDim(384);
        var mlp = Paper.CostOf(Paper.Smallest, 224);
        var gated = grid.CostOf(grid.Smallest, 224);
        Assert.Equal(12 * ((3 * 384 * hidden) + (2 * hidden) - (2 * 384 * 1536) - 1536), gated.Parameters - mlp.Parameters);
        Assert.Equal(12 * 197 * 384 * ((3 * hidden) - (2 * 1536)), gated.MultiplyAccumulates - mlp.MultiplyAccumulates);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(225)]
    public void CostOf_ImpossibleImageSize_Throws(int imageSize) =>
        Assert.Throws<ArgumentException>(() => Paper.CostOf(Paper.Smallest, imageSize));

    [Fact]
    public void CostOf_CellOffTheGrid_ListsTheLegalOnes() => Assert.Contains(
        "Widths: 384", Assert.Throws<ArgumentException>(() => Paper.CostOf(new SubNetwork(400, 12), 224)).Message, StringComparison.Ordinal);
}
