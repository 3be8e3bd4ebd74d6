using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Runs;

public sealed class LossTrendTests
{
    [Fact]
    public void Add_LongRun_BoundedAtEqualDistancesOverTheWholeRun()
    {
        var trend = LossTrend.Empty;
        for (var done = 37; done <= 300_000; done += 37)
        {
            trend = trend.Add(Report(done, loss: done));
            Assert.InRange(trend.Values.Length, 1, CatalogEntry.MaxTrend);
        }

        Assert.InRange(trend.Values.Length, CatalogEntry.MaxTrend / 2, CatalogEntry.MaxTrend);
        // The loss of this test is the iteration itself, so each value says where it belongs.
        for (var i = 0; i < trend.Values.Length; i++)
        {
            Assert.InRange(trend.Values[i], (i + 1) * trend.Stride, ((i + 1) * trend.Stride) + 37);
        }

        Assert.InRange(300_000 - trend.Values[^1], 0, trend.Stride);
    }

    [Fact]
    public void Add_IterationsThatAreInIt_ChangeNothing()
    {
        var trend = LossTrend.Empty.Add(Report(10, 5)).Add(Report(20, 4));
        Assert.Same(trend, trend.Add(Report(15, 99)));
        Assert.Same(trend, trend.Add(new WorkProgress { Done = 30, Total = 100 }));
        Assert.Equal([5f, 4f], trend.Values);
    }

    [Fact]
    public void Add_ReportAfterSeveralDistances_StandsForAll() =>
        Assert.Equal([5f, 4f, 4f], LossTrend.Empty.Add(Report(10, 5)).Add(Report(35, 4)).Values);

    [Fact]
    public void Add_LossNotFinite_IsKept() =>
        Assert.True(float.IsNaN(Assert.Single(LossTrend.Empty.Add(Report(10, double.NaN)).Values)));

    [Fact]
    public void Until_RunTakenBack_ForgetsWhatLiesAfterAndGoesOn()
    {
        var trend = LossTrend.Empty.Add(Report(10, 5)).Add(Report(20, 4)).Add(Report(30, 99));
        Assert.Equal([5f, 4f], trend.Until(29).Values);
        Assert.Equal([5f, 4f, 3f], trend.Until(20).Add(Report(30, 3)).Values);
        Assert.Same(trend, trend.Until(30));
        Assert.Equal(LossTrend.Empty, trend.Until(9));
        Assert.Same(LossTrend.Empty, LossTrend.Empty.Until(9));
    }

    private static WorkProgress Report(long done, double loss) => new() { Done = done, Total = 300_000, Loss = loss };
}
