namespace Poa.Data.Imaging;

/// <summary>
/// Bilinear resampling of 8-bit pixels without antialiasing, as the imaging library of the detection and segmentation frameworks (OpenCV)
/// does it: pixel centres at half positions, edges repeated, 11-bit fixed-point weights per axis, rounded once.
/// </summary>
public static class BilinearResampler
{
    private const int Bits = 11;

    private const int One = 1 << Bits;

    private const int Half = 1 << ((2 * Bits) - 1);

    /// <summary>Computes a part of the resized picture.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="width">Columns of the whole resized picture.</param>
    /// <param name="height">Rows of the whole resized picture.</param>
    /// <param name="window">The part that is wanted; lies inside it.</param>
    /// <param name="target">window.Width * window.Height pixels of four bytes; the fourth is undefined.</param>
    /// <exception cref="ArgumentException">The window lies outside, or the target is too small.</exception>
    public static void Resize(RgbImage source, int width, int height, PixelBox window, Span<byte> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (window.X < 0 || window.Y < 0 || window.Width < 1 || window.Height < 1 || window.X + window.Width > width || window.Y + window.Height > height)
        {
            throw new ArgumentOutOfRangeException(nameof(window), $"{window} does not lie inside {width} x {height} pixels.");
        }

        if (target.Length < window.Width * window.Height * RgbImage.BytesPerPixel)
        {
            throw new ArgumentException($"The target holds {target.Length} bytes, {window.Width} x {window.Height} pixels take more.", nameof(target));
        }

        var columns = Taps(source.Width, width, window.X, window.Width);
        var rows = Taps(source.Height, height, window.Y, window.Height);
        var stride = source.Width * RgbImage.BytesPerPixel;
        var place = 0;
        foreach (var row in rows)
        {
            var upper = source.Pixels.Slice(row.First * stride, stride);
            var lower = source.Pixels.Slice(row.Second * stride, stride);
            foreach (var column in columns)
            {
                var (left, right) = (column.First * RgbImage.BytesPerPixel, column.Second * RgbImage.BytesPerPixel);
                for (var channel = 0; channel < 3; channel++)
                {
                    var above = (upper[left + channel] * (One - column.Weight)) + (upper[right + channel] * column.Weight);
                    var below = (lower[left + channel] * (One - column.Weight)) + (lower[right + channel] * column.Weight);
                    target[place + channel] = (byte)(((above * (One - row.Weight)) + (below * row.Weight) + Half) >> (2 * Bits));
                }

                place += RgbImage.BytesPerPixel;
            }
        }
    }

    /// <summary>The two neighbours of each output position, and the weight of the second.</summary>
    private static (int First, int Second, int Weight)[] Taps(int input, int output, int first, int count)
    {
        var scale = (double)input / output;
        var taps = new (int, int, int)[count];
        for (var i = 0; i < count; i++)
        {
            var position = Math.Clamp(((first + i + 0.5) * scale) - 0.5, 0, input - 1);
            var before = (int)position;
            taps[i] = (before, Math.Min(before + 1, input - 1), (int)Math.Round((position - before) * One, MidpointRounding.ToEven));
        }

        return taps;
    }
}
