namespace Poa.Data.Imaging;

/// <summary>
/// A decoded picture, 8 bits per channel. Pixels are stored as R, G, B and a fourth byte, row by row from the top:
/// four bytes per pixel let one pixel be one vector lane group while resampling. The fourth is the opacity a picture was
/// decoded with; networks do not see it.
/// </summary>
public sealed class RgbImage
{
    /// <summary>Bytes per stored pixel (R, G, B, opacity).</summary>
    public const int BytesPerPixel = 4;

    private readonly byte[] pixels;

    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">width * height * 4 bytes; the image keeps the array, so the caller must not change it afterwards.</param>
    /// <exception cref="ArgumentException">The array's length does not fit the size.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != (long)width * height * BytesPerPixel)
        {
            throw new ArgumentException($"A {width} x {height} image takes {(long)width * height * BytesPerPixel} bytes, not {pixels.LongLength}.", nameof(pixels));
        }

        Width = width;
        Height = height;
        this.pixels = pixels;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>All pixels, row-major, four bytes each (R, G, B, opacity).</summary>
    public ReadOnlySpan<byte> Pixels => pixels;

    /// <summary>Bytes the pixels take in memory.</summary>
    public long ByteCount => pixels.LongLength;

    /// <summary>A grey picture as RGB.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="grey">width * height intensities, row-major.</param>
    public static RgbImage FromGrey(int width, int height, ReadOnlySpan<byte> grey)
    {
        if (grey.Length != width * height)
        {
            throw new ArgumentException($"A {width} x {height} grey image takes {width * height} bytes, not {grey.Length}.", nameof(grey));
        }

        var pixels = new byte[grey.Length * BytesPerPixel];
        for (var i = 0; i < grey.Length; i++)
        {
            var value = grey[i];
            pixels[4 * i] = value;
            pixels[(4 * i) + 1] = value;
            pixels[(4 * i) + 2] = value;
            pixels[(4 * i) + 3] = byte.MaxValue;
        }

        return new RgbImage(width, height, pixels);
    }
}
