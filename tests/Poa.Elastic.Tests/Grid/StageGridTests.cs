namespace Poa.Elastic.Tests;

/// <summary>The grids of the families with stages.</summary>
public sealed class StageGridTests
{
    private static readonly SwinGrid Swin = new(new SwinArchitecture());
    private static readonly ResNetGrid ResNet = new(new ResNetArchitecture());

    [Theory]
    [InlineData("T", 96, 6)]
    [InlineData("s", 96, 18)]
    [InlineData("B", 128, 18)]
    [InlineData("smallest", 96, 6)]
    [InlineData("intact", 128, 18)]
    [InlineData("112x13", 112, 13)]
    public void Parse_SwinName_GivesItsCell(string name, int width, int depth) => Assert.Equal(new SubNetwork(width, depth), Swin.Parse(name));

    [Theory]
    [InlineData("50", "64x3-4-6-3")]
    [InlineData("101", "64x3-4-23-3")]
    [InlineData("152", "64x3-8-36-3")]
    [InlineData("intact", "128x3-8-36-3")]
    [InlineData("96x3-5-7-3", "96x3-5-7-3")]
    public void Parse_ResNetName_GivesItsCell(string name, string cell) => Assert.Equal(cell, ResNet.Parse(name).ToString());

    [Theory]
    [InlineData("64x16")]
    [InlineData("64x3-4-6-2")]
    [InlineData("80x3-4-6-3")]
    public void Parse_NotOnTheResNetGrid_ListsTheLegalOnes(string name)
    {
        var message = Assert.Throws<FormatException>(() => ResNet.Parse(name)).Message;
        Assert.Contains("Widths: 64, 96, 128; depths: 3-4-6-3 to 3-8-36-3; also smallest, middle, intact, 50 (64x3-4-6-3)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NameOfAnyCell_GivesTheCell()
    {
        Assert.All(Swin.SubNetworks, cell => Assert.Equal(cell, Swin.Parse(cell.ToString())));
        Assert.All(ResNet.SubNetworks, cell => Assert.Equal(cell, ResNet.Parse(cell.ToString())));
        Assert.Equal(ResNet.SubNetworks.Order(), ResNet.SubNetworks);
    }

    // torchvision's swin_t, without its classifier: 27,519,354 parameters in a patch embedding of the same width, stages and one final norm; here
    // the embedding is that of the intact width, head_dim 16 doubles the position biases, and the other stages' outputs have norms, too.
    [Fact]
    public void CostOf_SwinT_IsThePublishedSizeButForWhatDiffers()
    {
        const long Published = 27_519_354;
        const long Embedding = (128 - 96) * ((3 * 16) + 3);
        const long PositionBiases = 169 * ((2 * 3) + (2 * 6) + (6 * 12) + (2 * 24));
        const long StageNorms = 2 * (96 + 192 + 384);
        Assert.Equal(Published + Embedding + PositionBiases + StageNorms, Swin.CostOf(Swin.Parse("T"), 224).Parameters);
    }

    // timm's and torchvision's counts without the classifier of 2,049,000: batch norm and group norm have the same parameters.
    [Theory]
    [InlineData("50", 25_557_032, 4.09e9)]
    [InlineData("101", 44_549_160, 7.80e9)]
    [InlineData("152", 60_192_808, 11.51e9)]
    [InlineData("128x3-4-6-3", 68_883_240, 11.40e9)]
    public void CostOf_ResNet_IsThePublishedSize(string name, long parameters, double products)
    {
        var cost = ResNet.CostOf(ResNet.Parse(name), 224);
        Assert.Equal(parameters - 2_049_000, cost.Parameters);
        Assert.InRange(cost.MultiplyAccumulates, products * 0.99, products * 1.01);
    }

    [Fact]
    public void FeatureWidth_SwinDoublesThrice_ResNetIsFixed()
    {
        Assert.Equal((768, 1024), (Swin.FeatureWidth(Swin.Parse("T")), Swin.FeatureWidth(Swin.Intact)));
        Assert.Equal((2048, 2048), (ResNet.FeatureWidth(ResNet.Smallest), ResNet.FeatureWidth(ResNet.Intact)));
    }
}
