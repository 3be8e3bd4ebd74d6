using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Data.Segmentation;

/// <summary>
/// mmseg's photometric distortion of 8-bit images: brightness, contrast (before or after the colour changes), saturation and hue, each with
/// probability one half. After every change pixels are 8-bit again; hue and saturation are changed in OpenCV's 8-bit HSV (hue in 0 .. 179).
/// </summary>
public sealed record PhotometricDistortion
{
    private const int HueSteps = 180;

    /// <summary>Largest number added to or subtracted from pixel values.</summary>
    public double BrightnessDelta { get; init; } = 32;

    /// <summary>Least factor of contrast and saturation.</summary>
    public double MinimumFactor { get; init; } = 0.5;

    /// <summary>Largest factor of contrast and saturation.</summary>
    public double MaximumFactor { get; init; } = 1.5;

    /// <summary>Hue is turned by a whole number of two-degree steps of at least -this and less than this.</summary>
    public int HueDelta { get; init; } = 18;

    /// <summary>Changes pixels in place.</summary>
    /// <param name="pixels">Pixels of four bytes, see <see cref="RgbImage"/>.</param>
    /// <param name="random">Always advanced by the same number of draws.</param>
    public void Apply(Span<byte> pixels, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var brightness = random.NextBool() ? random.Uniform(-BrightnessDelta, BrightnessDelta) : Unused(random, 0);
        var isContrastFirst = random.NextBool();
        var contrast = random.NextBool() ? random.Uniform(MinimumFactor, MaximumFactor) : Unused(random, 1);
        var saturation = random.NextBool() ? random.Uniform(MinimumFactor, MaximumFactor) : Unused(random, 1);
        var turn = (int)Math.Floor(random.NextBool() ? random.Uniform(-HueDelta, HueDelta) : Unused(random, 0));

        // Brightness and contrast map values one by one: as a table each.
        Linear(pixels, 1, brightness);
        if (isContrastFirst)
        {
            Linear(pixels, contrast, 0);
        }

        if (saturation != 1 || turn != 0)
        {
            for (var i = 0; i < pixels.Length; i += RgbImage.BytesPerPixel)
            {
                Colour(pixels.Slice(i, 3), saturation, turn);
            }
        }

        if (!isContrastFirst)
        {
            Linear(pixels, contrast, 0);
        }
    }

    private static double Unused(RandomStream random, double neutral)
    {
        _ = random.NextDouble();
        return neutral;
    }

    private static void Linear(Span<byte> pixels, double factor, double offset)
    {
        if (factor == 1 && offset == 0)
        {
            return;
        }

        Span<byte> table = stackalloc byte[256];
        for (var value = 0; value < table.Length; value++)
        {
            table[value] = (byte)Math.Clamp((value * factor) + offset, 0, 255);
        }

        foreach (ref var pixel in pixels)
        {
            pixel = table[pixel];
        }
    }

    private static void Colour(Span<byte> rgb, double saturationFactor, int turn)
    {
        var (hue, saturation, value) = ToHsv(rgb);
        saturation = (byte)Math.Clamp(saturation * saturationFactor, 0, 255);
        hue = (hue + turn + HueSteps) % HueSteps;
        FromHsv(hue, saturation, value, rgb);
    }

    private static (int Hue, int Saturation, int Value) ToHsv(ReadOnlySpan<byte> rgb)
    {
        int red = rgb[0], green = rgb[1], blue = rgb[2];
        var value = Math.Max(red, Math.Max(green, blue));
        var range = value - Math.Min(red, Math.Min(green, blue));
        if (range == 0)
        {
            return (0, 0, value);
        }

        // In units of 30 steps of two degrees.
        var sector = value == red ? (green - blue) / (double)range
            : value == green ? 2 + ((blue - red) / (double)range)
            : 4 + ((red - green) / (double)range);
        var hue = (int)Math.Round(30 * sector) % HueSteps;
        return (hue < 0 ? hue + HueSteps : hue, (int)Math.Round(255.0 * range / value), value);
    }

    private static void FromHsv(int hue, int saturation, int value, Span<byte> rgb)
    {
        var sector = hue / 30.0;
        var chroma = value * saturation / 255.0;
        var second = chroma * (1 - Math.Abs((sector % 2) - 1));
        var least = value - chroma;
        var (red, green, blue) = (int)sector switch
        {
            0 => (chroma, second, 0.0),
            1 => (second, chroma, 0.0),
            2 => (0.0, chroma, second),
            3 => (0.0, second, chroma),
            4 => (second, 0.0, chroma),
            _ => (chroma, 0.0, second),
        };
        rgb[0] = (byte)Math.Round(red + least);
        rgb[1] = (byte)Math.Round(green + least);
        rgb[2] = (byte)Math.Round(blue + least);
    }
}
