using Poa.Cli.Rendering;
using Xunit;

namespace Poa.Cli.Tests.Rendering;

public sealed class FormatsTests
{
    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(42.4, "0:42")]
    [InlineData(59.7, "1:00")]
    [InlineData(725, "12:05")]
    [InlineData(10_812, "3:00:12")]
    public void Duration_Seconds_ReadsAsAClock(double seconds, string expected) =>
        Assert.Equal(expected, Formats.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(812, "812 B")]
    [InlineData(1_400_000, "1.4 MB")]
    [InlineData(25_000_000_000, "25.0 GB")]
    public void Bytes_Sizes_TakeTheFittingUnit(long bytes, string expected) => Assert.Equal(expected, Formats.Bytes(bytes));

    [Theory]
    [InlineData(10, "+10.0")]
    [InlineData(-1.23, "-1.2")]
    [InlineData(0, "0.0")]
    public void Points_Difference_HasItsSign(double difference, string expected) => Assert.Equal(expected, Formats.Points(difference));

    [Fact]
    public void CsvLine_FieldsWithSeparators_AreQuoted() =>
        Assert.Equal("a,\"b,c\",\"say \"\"x\"\"\"", Csv.Line("a", "b,c", "say \"x\""));
}
