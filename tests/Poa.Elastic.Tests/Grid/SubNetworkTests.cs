using System.Globalization;
using CsCheck;

namespace Poa.Elastic.Tests;

public sealed class SubNetworkTests
{
    private static readonly Gen<SubNetwork> Any = Gen.Select(Gen.Int[1, int.MaxValue], Gen.Int[1, int.MaxValue], (width, depth) => new SubNetwork(width, depth));

    [Fact]
    public void Parse_OfItsName_GivesTheSubNetwork() => Any.Sample(subNetwork => Assert.Equal(subNetwork, SubNetwork.Parse(subNetwork.ToString())));

    [Fact]
    public void CompareTo_OrdersByWidthThenDepth() => Any.Select(Any).Sample((first, second) => Assert.Equal(
        Math.Sign(first.Width == second.Width ? first.Depth.CompareTo(second.Depth) : first.Width.CompareTo(second.Width)),
        Math.Sign(first.CompareTo(second))));

    [Theory]
    [InlineData("")]
    [InlineData("384")]
    [InlineData("x12")]
    [InlineData("384x")]
    [InlineData("384x12x3")]
    [InlineData("-384x12")]
    [InlineData("0x12")]
    [InlineData("384x1.5")]
    [InlineData("3 84x12")]
    [InlineData("99999999999x12")]
    public void Parse_NotASubNetwork_ThrowsAndShowsTheText(string text)
    {
        Assert.False(SubNetwork.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => SubNetwork.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_ForeignCulture_IsTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        var foreign = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        foreign.NumberFormat.NegativeSign = "minus";
        foreign.NumberFormat.NumberGroupSeparator = ".";
        CultureInfo.CurrentCulture = foreign;
        try
        {
            Assert.Equal("1024x24", new SubNetwork(1024, 24).ToString());
            Assert.Equal(new SubNetwork(1024, 24), SubNetwork.Parse("1024x24"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
