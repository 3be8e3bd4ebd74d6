namespace Poa.Data.Imaging;

/// <summary>The size an image is resized to when its aspect is kept (mmcv's rule).</summary>
public static class KeepRatioSize
{
    /// <summary>
    /// The largest size whose longer side is at most <paramref name="longSide"/> and whose shorter is at most <paramref name="shortSide"/>:
    /// both sides times f = min(long / max(h, w), short / min(h, w)), rounded with halves up.
    /// </summary>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="longSide">Bound of the longer side in pixels.</param>
    /// <param name="shortSide">Bound of the shorter side in pixels.</param>
    public static (int Height, int Width) Of(int height, int width, int longSide, int shortSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shortSide, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longSide, shortSide);
        var factor = Math.Min((double)longSide / Math.Max(height, width), (double)shortSide / Math.Min(height, width));
        return (Scaled(height, factor), Scaled(width, factor));
    }

    /// <summary>The next multiple of a number, for padding.</summary>
    /// <param name="size">Pixels.</param>
    /// <param name="divisor">At least 1.</param>
    public static int PaddedTo(int size, int divisor) => (size + divisor - 1) / divisor * divisor;

    // A side never vanishes, however thin the image is.
    private static int Scaled(int side, double factor) => Math.Max((int)((side * factor) + 0.5), 1);
}
