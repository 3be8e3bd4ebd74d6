using Poa.Actors.Dashboard.Pages.Compare;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Tests.Pages.Compare;

public sealed class CompareAxisTests
{
    private static MetricsSeries Series(double seconds) => new(
        [0, 16, 32],
        [16, 16, 4],
        new Dictionary<string, MetricsColumn>
        {
            ["images"] = Column(64, 64, 64),
            ["step_seconds"] = Column(seconds, double.NaN, seconds),
        },
        36);

    [Fact]
    public void Places_ByImages_AreSumsOverTheSteps() => Assert.Equal([1024.0, 2048, 2304], CompareAxis.Places(Series(1), CompareAxis.Images));

    [Fact]
    public void Places_ByTime_LeaveOutWhatIsNotKnown() => Assert.Equal([16.0, 16, 20], CompareAxis.Places(Series(1), CompareAxis.Time));

    [Theory]
    [InlineData(1, "Training time (s)", 1)]
    [InlineData(60, "Training time (min)", 1.0 / 60)]
    [InlineData(3600, "Training time (h)", 1.0 / 3600)]
    public void Of_Time_HasTheUnitThatFitsTheLongestRun(double seconds, string title, double factor) =>
        Assert.Equal((title, factor), CompareAxis.Of(CompareAxis.Time, [Series(0.1), Series(seconds)]));

    private static MetricsColumn Column(params double[] values) => new(values, values, values, new int[values.Length]);
}
