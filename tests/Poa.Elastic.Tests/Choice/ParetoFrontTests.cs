using CsCheck;

namespace Poa.Elastic.Tests;

public sealed class ParetoFrontTests
{
    private sealed record Point(double Cost, double Metric);

    // Few distinct values, so that ties are common; some figures missing.
    private static readonly Gen<double> Figure = Gen.Frequency((6, Gen.Int[0, 6].Select(i => (double)i)), (1, Gen.Const(double.NaN)));

    private static readonly Gen<Point[]> Points = Gen.Select(Figure, Figure, (cost, metric) => new Point(cost, metric)).Array[0, 25];

    [Fact]
    public void Of_AnyPoints_IsWhatTheDefinitionSays() => Gen.Select(Points, Gen.Bool).Sample((points, higher) =>
    {
        var sign = higher ? 1 : -1;
        bool Beats(Point a, Point b) =>
            a.Cost <= b.Cost && sign * a.Metric >= sign * b.Metric && (a.Cost < b.Cost || sign * a.Metric > sign * b.Metric);
        var expected = points.Where(p => !double.IsNaN(p.Cost) && !double.IsNaN(p.Metric) && !points.Any(other => Beats(other, p)));

        var front = ParetoFront.Of(points, p => p.Cost, p => p.Metric, higher);

        Assert.Equal(expected.OrderBy(p => p.Cost), front);
    });

    [Fact]
    public void Of_PointThatTiesInOneFigureOnly_IsLeftOut()
    {
        Point best = new(1, 5), dearer = new(2, 5), worse = new(1, 4), twin = new(1, 5);

        Assert.Equal([best, twin], ParetoFront.Of([dearer, best, worse, twin], p => p.Cost, p => p.Metric));
    }

    [Fact]
    public void Of_NothingMeasured_IsEmpty() =>
        Assert.Empty(ParetoFront.Of([new Point(1, double.NaN), new Point(double.NaN, 1)], p => p.Cost, p => p.Metric));
}
