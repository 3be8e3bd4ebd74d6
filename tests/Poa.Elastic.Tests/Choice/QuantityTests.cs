namespace Poa.Elastic.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("30M", 30_000_000)]
    [InlineData(" 1.2 G ", 1_200_000_000)]
    [InlineData("250k", 250_000)]
    [InlineData("3e6", 3_000_000)]
    [InlineData("12", 12)]
    [InlineData("2T", 2_000_000_000_000)]
    public void ParseCount_AmountWithPrefix_IsTheNumber(string text, long expected) => Assert.Equal(expected, Quantity.ParseCount(text));

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-3M")]
    [InlineData("0")]
    [InlineData("1,2G")]
    [InlineData("many")]
    [InlineData("1e300T")]
    [InlineData("NaN")]
    public void ParseCount_NoAmount_SaysWhatWouldBe(string text) =>
        Assert.Contains("30M", Assert.Throws<FormatException>(() => Quantity.ParseCount(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void ParseCount_SmallM_SaysThatItIsNotMillions() =>
        Assert.Contains("thousandth", Assert.Throws<FormatException>(() => Quantity.ParseCount("30m")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("5 ms", 5)]
    [InlineData("5", 5)]
    [InlineData("0.5s", 500)]
    [InlineData("250us", 0.25)]
    public void ParseMilliseconds_TimeWithUnit_IsInMilliseconds(string text, double expected) => Assert.Equal(expected, Quantity.ParseMilliseconds(text), 12);

    [Theory]
    [InlineData("")]
    [InlineData("ms")]
    [InlineData("0 ms")]
    [InlineData("-1 s")]
    [InlineData("5 min")]
    public void ParseMilliseconds_NoTime_SaysWhatWouldBe(string text) =>
        Assert.Contains("5 ms", Assert.Throws<FormatException>(() => Quantity.ParseMilliseconds(text)).Message, StringComparison.Ordinal);
}
