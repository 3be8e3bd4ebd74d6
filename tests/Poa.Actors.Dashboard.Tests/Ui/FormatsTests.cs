using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Tests.Ui;

public sealed class FormatsTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(0L, "0 B")]
    [InlineData(1023L, "1023 B")]
    [InlineData(1536L, "1.5 KiB")]
    [InlineData(25_232_932_864L, "23.5 GiB")]
    public void Bytes_AnySize_TakesTheUnitThatFits(long? bytes, string text) => Assert.Equal(text, Formats.Bytes(bytes));

    [Theory]
    [InlineData(950d, "950")]
    [InlineData(22_050_664d, "22.05 M")]
    [InlineData(4_600_000_000d, "4.6 G")]
    [InlineData(double.NaN, "–")]
    public void Short_AnyCount_TakesTheUnitThatFits(double count, string text) => Assert.Equal(text, Formats.Short(count));

    [Theory]
    [InlineData(7.21349, "7.213")]
    [InlineData(0.0, "0.000")]
    [InlineData(0.00001234, "1.23E-05")]
    [InlineData(double.PositiveInfinity, "–")]
    public void Number_AnyValue_IsReadable(double value, string text) => Assert.Equal(text, Formats.Number(value));

    [Theory]
    [InlineData(0.25, "250 ms")]
    [InlineData(4.25, "4.3 s")]
    [InlineData(75, "1 min 15 s")]
    [InlineData(11_520, "3 h 12 min")]
    [InlineData(183_600, "2 d 3 h")]
    [InlineData(-1, "–")]
    public void Duration_AnySpan_ShowsItsTwoLargestUnits(double seconds, string text) => Assert.Equal(text, Formats.Duration(TimeSpan.FromSeconds(seconds)));
}
