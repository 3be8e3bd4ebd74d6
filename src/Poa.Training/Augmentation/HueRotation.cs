using System.Runtime.InteropServices;

namespace Poa.Training.Augmentation;

/// <summary>
/// Turns the hue of 8-bit pixels by going through 8-bit hue, saturation and value, as the authors' augmentations do (PIL's
/// HSV, where hue 0..255 is one turn). The detour's own rounding also changes colours a little at turn 0.
/// </summary>
internal static class HueRotation
{
    // An 8-bit hue depends on which channel is greatest, which is least, the distance of the third from the greatest, and
    // the distance of the least: few enough cases to work all of them out once, with the library's divisions.
    private static readonly byte[] HueTable = MakeHueTable();

    private static readonly byte[] SaturationTable = MakeSaturationTable();

    // Sector of the colour circle and place within it, for each of the 256 hues.
    private static readonly (byte Sector, float Place)[] Hues = [.. Enumerable.Range(0, 256).Select(HueOf)];

    /// <summary>Adds <paramref name="turn"/> (in [-0.5, 0.5] of the circle) to every pixel's hue, in place.</summary>
    public static void Apply(Span<byte> pixels, double turn)
    {
        // Truncated towards zero, then modulo 256: a cast to an unsigned byte in the reference.
        var shift = (byte)(int)(turn * 255);
        foreach (ref var pixel in MemoryMarshal.Cast<byte, uint>(pixels))
        {
            var red = (int)(pixel & 255);
            var green = (int)((pixel >> 8) & 255);
            var blue = (int)((pixel >> 16) & 255);
            var value = Math.Max(red, Math.Max(green, blue));
            var range = value - Math.Min(red, Math.Min(green, blue));
            if (range != 0)
            {
                var hue = (byte)(HueTable[HueCase(red, green, blue, value, range)] + shift);
                pixel = ToRgb(hue, SaturationTable[(range << 8) | value], (uint)value);
            }
        }
    }

    /// <summary>Index into the table: greatest and least channel (6 cases), range, distance of the third channel from the greatest.</summary>
    private static int HueCase(int red, int green, int blue, int value, int range)
    {
        var least = value - range;
        var (order, third) = red == value ? (green == least ? (0, blue) : (1, green))
            : green == value ? (blue == least ? (2, red) : (3, blue))
            : (red == least ? (4, green) : (5, red));
        return (order << 16) | (range << 8) | (value - third);
    }

    private static byte[] MakeHueTable()
    {
        var table = new byte[6 << 16];
        for (var range = 1; range < 256; range++)
        {
            for (var third = 0; third <= range; third++)
            {
                float full = (float)range / range, part = third / (float)range;
                var at = (range << 8) | third;

                // Red greatest: blue's part less green's; green: 2 + red's - blue's; blue: 4 + green's - red's. Mixed single
                // and double precision exactly where the library mixes them.
                table[at] = Hue(part - full);
                table[(1 << 16) | at] = Hue(full - part);
                table[(2 << 16) | at] = Hue((float)(2.0 + part - full));
                table[(3 << 16) | at] = Hue((float)(2.0 + full - part));
                table[(4 << 16) | at] = Hue((float)(4.0 + part - full));
                table[(5 << 16) | at] = Hue((float)(4.0 + full - part));
            }
        }

        return table;
    }

    private static byte Hue(float sixths)
    {
        var turns = (sixths / 6.0) + 1.0;
        var hue = (float)(turns >= 1.0 ? turns - 1.0 : turns);
        return (byte)Math.Min((int)(hue * 255.0), 255);
    }

    private static byte[] MakeSaturationTable()
    {
        var table = new byte[1 << 16];
        for (var range = 1; range < 256; range++)
        {
            for (var value = range; value < 256; value++)
            {
                table[(range << 8) | value] = (byte)((float)range / value * 255.0);
            }
        }

        return table;
    }

    private static uint ToRgb(byte hue, byte saturation, uint top)
    {
        if (saturation == 0)
        {
            return Pack(top, top, top);
        }

        var (sector, place) = Hues[hue];
        var share = (float)(saturation / 255.0);
        var low = Round(top * (1.0 - share));

        // Odd sectors fall towards the next primary colour, even ones rise.
        var between = Round(top * (1.0 - (share * ((sector & 1) == 0 ? 1.0 - place : place))));
        return sector switch
        {
            0 => Pack(top, between, low),
            1 => Pack(between, top, low),
            2 => Pack(low, top, between),
            3 => Pack(low, between, top),
            4 => Pack(between, low, top),
            _ => Pack(top, low, between),
        };
    }

    private static uint Pack(uint red, uint green, uint blue) => red | (green << 8) | (blue << 16);

    private static uint Round(double value) => (uint)(int)(value + 0.5);

    private static (byte Sector, float Place) HueOf(int hue)
    {
        var sector = (int)Math.Floor((float)hue * 6.0 / 255.0);
        return ((byte)(sector % 6), (float)(((float)hue * 6.0 / 255.0) - sector));
    }
}
