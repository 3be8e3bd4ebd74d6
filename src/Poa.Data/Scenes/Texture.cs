using Poa.Elastic;

namespace Poa.Data.Scenes;

/// <summary>
/// A texture between two colours: a pure function of the random numbers it is drawn from, made of exact operations, so that it has the
/// same bits on every machine.
/// </summary>
internal sealed class Texture
{
    private const int PlainDraw = 1;

    // Dark enough that objects stand out, as the photographs do from their black.
    private const int Dimmest = 8;
    private const int Dim = 60;
    private const int LeastContrast = 40;
    private const int MostContrast = 110;

    private readonly Func<int, int, double> pattern;
    private readonly int[] low = new int[3];
    private readonly int[] high = new int[3];

    private Texture(int kind, Func<int, int, double> pattern, bool isGrey, RandomStream random)
    {
        (Kind, this.pattern) = (kind, pattern);
        for (var c = 0; c < 3; c++)
        {
            var copied = isGrey && c > 0;
            low[c] = copied ? low[0] : random.NextInt32(Dimmest, Dim);
            high[c] = copied ? high[0] : low[c] + random.NextInt32(LeastContrast, MostContrast);
        }
    }

    /// <summary>Names of the textures that label maps know.</summary>
    public static IReadOnlyList<string> Names { get; } = ["stripes", "checks", "dots", "clouds"];

    /// <summary>Place among <see cref="Names"/>; -1 for a plain ground, which counts as unlabelled.</summary>
    public int Kind { get; }

    /// <summary>Draws a texture, or none.</summary>
    public static Texture Draw(int width, int height, bool isGrey, RandomStream random)
    {
        var kind = random.NextInt32(Names.Count + PlainDraw);
        return kind switch
        {
            0 => new(0, Stripes(random), isGrey, random),
            1 => new(1, Checks(random), isGrey, random),
            2 => new(2, Dots(random), isGrey, random),
            3 => new(3, Clouds(width, height, random), isGrey, random),
            _ => new(-1, (_, _) => 0.5, isGrey, random),
        };
    }

    /// <summary>Intensity of a channel at a pixel, 0 to 255.</summary>
    public int Shade(int x, int y, int channel) => (int)(low[channel] + ((high[channel] - low[channel]) * pattern(x, y)) + 0.5);

    private static Func<int, int, double> Stripes(RandomStream random)
    {
        var (across, down) = Direction.Draw(random);
        var period = random.NextInt32(5, 13);
        return (x, y) =>
        {
            var phase = ((x * across) + (y * down)) / period;
            return Soft((Math.Abs((2 * (phase - Math.Floor(phase))) - 1) - 0.5) * period);
        };
    }

    private static Func<int, int, double> Checks(RandomStream random)
    {
        var side = random.NextInt32(4, 11);
        var (right, down) = (random.NextInt32(side), random.NextInt32(side));
        return (x, y) => (((x + right) / side) + ((y + down) / side)) % 2;
    }

    private static Func<int, int, double> Dots(RandomStream random)
    {
        var period = random.NextInt32(6, 13);
        var radius = period * random.Uniform(0.22, 0.38);
        var (right, down) = (random.NextInt32(period), random.NextInt32(period));
        return (x, y) =>
        {
            var (dx, dy) = (((x + right) % period) - (period / 2), ((y + down) % period) - (period / 2));
            return Soft(radius - Math.Sqrt((dx * dx) + (dy * dy)));
        };
    }

    /// <summary>Smoothed noise of two grains.</summary>
    private static Func<int, int, double> Clouds(int width, int height, RandomStream random)
    {
        var grain = random.NextInt32(8, 17);
        var (coarse, fine) = (new Lattice(width, height, grain, random), new Lattice(width, height, grain / 2, random));
        return (x, y) => ((2 * coarse.At(x, y)) + fine.At(x, y)) / 3;
    }

    /// <summary>An edge one pixel wide, from a signed distance to it in pixels.</summary>
    private static double Soft(double distance) => Math.Clamp(distance + 0.5, 0, 1);

    /// <summary>Random values at the corners of square cells, with smooth passages between.</summary>
    private sealed class Lattice
    {
        private readonly int grain;
        private readonly int columns;
        private readonly double[] values;

        public Lattice(int width, int height, int grain, RandomStream random)
        {
            this.grain = grain;
            columns = (width / grain) + 2;
            values = new double[columns * ((height / grain) + 2)];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = random.NextDouble();
            }
        }

        public double At(int x, int y)
        {
            var corner = (y / grain * columns) + (x / grain);
            var (right, down) = (Smooth(x % grain), Smooth(y % grain));
            var top = values[corner] + ((values[corner + 1] - values[corner]) * right);
            var bottom = values[corner + columns] + ((values[corner + columns + 1] - values[corner + columns]) * right);
            return top + ((bottom - top) * down);
        }

        private double Smooth(int offset)
        {
            var t = offset / (double)grain;
            return t * t * (3 - (2 * t));
        }
    }
}
