namespace Poa.Evaluation.Drawing;

/// <summary>Colours of classes and of intensities.</summary>
public static class Palette
{
    // Dark to light through violet, red and yellow: order is visible in print and to the colour-blind.
    private static readonly Colour[] HeatStops =
    [
        new(0, 0, 4), new(40, 11, 84), new(101, 21, 110), new(159, 42, 99), new(212, 72, 66), new(245, 125, 21), new(250, 193, 39), new(252, 255, 164),
    ];

    /// <summary>Colour of a class: neighbours differ much, and any number of classes has colours (the colour map of PASCAL VOC, from its class 1 on).</summary>
    /// <param name="index">Class, from 0.</param>
    public static Colour OfClass(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var (red, green, blue) = (0, 0, 0);
        var bits = index + 1;
        for (var shift = 7; shift >= 0; shift--, bits >>= 3)
        {
            red |= (bits & 1) << shift;
            green |= ((bits >> 1) & 1) << shift;
            blue |= ((bits >> 2) & 1) << shift;
        }

        return new((byte)red, (byte)green, (byte)blue);
    }

    /// <summary>Colour of an intensity.</summary>
    /// <param name="value">0 (dark) to 1 (light); beyond is cut off.</param>
    public static Colour OfHeat(double value)
    {
        var place = Math.Clamp(value, 0, 1) * (HeatStops.Length - 1);
        var stop = Math.Min((int)place, HeatStops.Length - 2);
        return HeatStops[stop + 1].Over(HeatStops[stop], (int)((place - stop) * 100));
    }
}
