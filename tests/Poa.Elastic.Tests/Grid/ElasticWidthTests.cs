namespace Poa.Elastic.Tests;

public sealed class ElasticWidthTests
{
    [Theory]
    [InlineData(60, 88, 352, 239)]
    [InlineData(384, 1024, 4096, 1536)]
    [InlineData(88, 88, 352, 352)]
    public void HiddenWidth_IsTruncatedInDoubles(int width, int maxWidth, int maxHidden, int expected) =>
        Assert.Equal(expected, ElasticWidth.HiddenWidth(width, maxWidth, maxHidden));

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void HiddenWidth_WidthOutOfRange_Throws(int width) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ElasticWidth.HiddenWidth(width, 64, 256));

    [Fact]
    public void Alpha_HalfOfTheInputs_IsTwo() => Assert.Equal(2.0, ElasticWidth.Alpha(64, 32, isScaled: true));

    [Theory]
    [InlineData(1024, 2736)] // trunc(4096 * 2 / 3) = 2730, up to a multiple of 8
    [InlineData(96, 256)]
    public void MaxHiddenDim_SwiGlu_IsTwoThirdsRoundedUpToEight(int width, int expected) =>
        Assert.Equal(expected, new ViTArchitecture { MaxEmbedDim = width, FeedForward = FeedForward.SwiGlu }.MaxHiddenDim);
}
