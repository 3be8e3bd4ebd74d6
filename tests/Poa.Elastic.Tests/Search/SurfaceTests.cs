namespace Poa.Elastic.Tests.Search;

public sealed class SurfaceTests
{
    private static readonly ISubNetworkGrid Grid = ConfigurationPresets.Load("vit-ee1200").Grid();
    private static readonly IReadOnlyDictionary<SubNetwork, SurfacePlace> Places = SurfacePlace.Of(Grid, cell => Grid.CostOf(cell, 224).Parameters);

    [Fact]
    public void Places_OfAGrid_RunFromZeroToOneAndAreStandardised()
    {
        Assert.Equal((0.0, 0.0), (Places[Grid.Smallest].Width, Places[Grid.Smallest].Depth));
        Assert.Equal((1.0, 1.0), (Places[Grid.Intact].Width, Places[Grid.Intact].Depth));
        Assert.Equal(Math.Sqrt(2), Places[Grid.Smallest].DistanceTo(Places[Grid.Intact]), 1e-12);
        Assert.Equal(0, Places.Values.Average(place => place.Size), 1e-9);
        Assert.Equal(1, Places.Values.Average(place => place.Size * place.Size), 1e-9);
    }

    [Fact]
    public void Fit_TwoMeasurements_AgreesWithTheFormulasWrittenOut()
    {
        var shape = new SurfaceShape(Length: 0.5, Bend: 0.3, Noise: 0.1);
        SurfacePlace a = new(0, 0, -1), b = new(0.3, 0.4, 0.5), at = new(1, 0.25, 0.8);
        double[] y = [-0.7, 1.1];
        double Matern(double distance) => 1 + (Math.Sqrt(5) * distance / 0.5) + (5 * distance * distance / (3 * 0.5 * 0.5));
        double Of(SurfacePlace p, SurfacePlace q)
        {
            var d = Math.Sqrt(((p.Width - q.Width) * (p.Width - q.Width)) + ((p.Depth - q.Depth) * (p.Depth - q.Depth)));
            return 1 + (4 * p.Size * q.Size) + (0.09 * Matern(d) * Math.Exp(-Math.Sqrt(5) * d / 0.5));
        }

        var (aa, bb, ab) = (Of(a, a) + 0.01, Of(b, b) + 0.01, Of(a, b));
        var determinant = (aa * bb) - (ab * ab);
        double Product(double p, double q, double r, double s) => ((p * ((bb * r) - (ab * s))) + (q * ((aa * s) - (ab * r)))) / determinant;
        var (ka, kb) = (Of(at, a), Of(at, b));
        var misfit = Product(y[0], y[1], y[0], y[1]);

        var fit = new SurfaceFit(shape, [a, b], y);
        var (mean, variance) = fit.At(at);

        Assert.Equal(Product(ka, kb, y[0], y[1]), mean, 1e-10);
        Assert.Equal((4 + misfit) / (4 + 2) * (Of(at, at) + 0.01 - Product(ka, kb, ka, kb)) * 6 / 4, variance, 1e-10);
        Assert.Equal((-0.5 * Math.Log(determinant)) - (3 * Math.Log(1 + (misfit / 4))), fit.LogEvidence, 1e-10);
    }

    [Fact]
    public void At_WhatIsMeasured_IsCertainBesideWhatIsFarFromIt()
    {
        var surface = new Surface([.. Corner(6).Select(cell => (Places[cell], Smooth(cell)))]);

        var near = surface.At(Places[Grid.Smallest]);
        var far = surface.At(Places[Grid.Intact]);

        Assert.Equal(Smooth(Grid.Smallest), near.Mean, 0.2);
        Assert.True(far.Deviation > 3 * near.Deviation);
    }

    [Fact]
    public void At_OtherUnits_ScaleWithThem()
    {
        SubNetwork[] cells = [.. Corner(5)];
        var plain = new Surface([.. cells.Select(cell => (Places[cell], Smooth(cell)))]).At(Places[Grid.Intact]);
        var scaled = new Surface([.. cells.Select(cell => (Places[cell], 10 - (3 * Smooth(cell))))]).At(Places[Grid.Intact]);

        Assert.Equal(10 - (3 * plain.Mean), scaled.Mean, 1e-6);
        Assert.Equal(3 * plain.Deviation, scaled.Deviation, 1e-6);
    }

    [Fact]
    public void At_OneFigureOrEqualOnes_AreFinite()
    {
        foreach (var count in new[] { 1, 4 })
        {
            var estimate = new Surface([.. Corner(count).Select(cell => (Places[cell], 80.0))]).At(Places[Grid.Intact]);

            Assert.Equal(80, estimate.Mean, 1e-6);
            Assert.True(double.IsFinite(estimate.Deviation) && estimate.Deviation > 0);
        }
    }

    [Fact]
    public void Intervals_OverRandomSurfaces_HoldAboutTheirShare()
    {
        var (inside, all) = (0, 0);
        for (var trial = 0; trial < 40; trial++)
        {
            var figures = RandomSurface.Of(Grid, Places, trial);
            var order = Grid.SubNetworks.ToArray();
            Randomness.For(1, RandomPurpose.Testing, trial, 0).Shuffle<SubNetwork>(order);
            var surface = new Surface([.. order.Take(8).Select(cell => (Places[cell], figures[cell]))]);
            foreach (var cell in order.Skip(8))
            {
                var prediction = surface.At(Places[cell]).In(value => value);
                all++;
                inside += figures[cell] >= prediction.Low && figures[cell] <= prediction.High ? 1 : 0;
            }
        }

        Assert.InRange((double)inside / all, 0.82, 0.98);
    }

    private static double Smooth(SubNetwork cell) => 70 + (3 * Places[cell].Size) - Math.Pow(Places[cell].Width - Places[cell].Depth, 2);

    /// <summary>The smallest sub-networks, width by width.</summary>
    private static IEnumerable<SubNetwork> Corner(int count) => Grid.SubNetworks.Where(cell => cell.Depth <= Grid.Depths[2]).Take(count);
}
