using SkiaSharp;

namespace Poa.Data.Imaging;

/// <summary>Encodes pictures as files. Equal pixels give equal bytes.</summary>
public static class ImageEncoder
{
    private const int JpegQuality = 95;

    // The smallest files; the pictures are small too.
    private const int ZlibLevel = 9;

    /// <summary>A picture as JPEG of high quality, colours at full resolution.</summary>
    public static byte[] EncodeJpeg(RgbImage image) =>
        Encode(Rgb(image), image.Pixels, map => map.Encode(new SKJpegEncoderOptions(JpegQuality, SKJpegEncoderDownsample.Downsample444, SKJpegEncoderAlphaOption.Ignore)));

    /// <summary>A picture as PNG, without opacity.</summary>
    public static byte[] EncodePng(RgbImage image) => Encode(Rgb(image), image.Pixels, Png);

    /// <summary>Values as a grey PNG of 8 bits, which stores them as they are: labels, for example.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="values">width * height values, row by row.</param>
    public static byte[] EncodeGreyPng(int width, int height, ReadOnlySpan<byte> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, width * height);
        return Encode(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), values, Png);
    }

    private static SKImageInfo Rgb(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
    }

    private static SKData? Png(SKPixmap map) => map.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, ZlibLevel));

    private static unsafe byte[] Encode(SKImageInfo info, ReadOnlySpan<byte> pixels, Func<SKPixmap, SKData?> encode)
    {
        fixed (byte* first = pixels)
        {
            using var map = new SKPixmap(info, (nint)first, info.RowBytes);
            using var data = encode(map) ?? throw new InvalidOperationException($"An image of {info.Width} x {info.Height} pixels could not be encoded.");
            return data.ToArray();
        }
    }
}
