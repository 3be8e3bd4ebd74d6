namespace Poa.Elastic.Tests.Search;

/// <summary>Figures over a grid that rise with the size, bend along a few waves of random direction, and have some noise.</summary>
internal static class RandomSurface
{
    public static Dictionary<SubNetwork, double> Of(ISubNetworkGrid grid, IReadOnlyDictionary<SubNetwork, SurfacePlace> places, int number)
    {
        var random = Randomness.For(2, RandomPurpose.Testing, number, 0);
        var (slope, noise) = (random.Uniform(0.5, 3), random.Uniform(0.05, 0.4));
        (double Width, double Depth, double Phase, double Height)[] waves =
            [.. Enumerable.Range(0, 3).Select(_ => (random.Uniform(-3, 3), random.Uniform(-3, 3), random.Uniform(0, 6), random.Uniform(0, 0.6)))];
        return grid.SubNetworks.ToDictionary(
            cell => cell,
            cell => 70 + (slope * places[cell].Size) + waves.Sum(wave => wave.Height * Math.Sin((wave.Width * places[cell].Width) + (wave.Depth * places[cell].Depth) + wave.Phase))
                + random.NextGaussian(0, noise));
    }
}
