using Poa.Data.Datasets;
using SkiaSharp;

namespace Poa.Data.Imaging;

/// <summary>
/// Decodes JPEG, PNG and WebP to 8-bit RGB. As the authors' loader does (PIL's convert("RGB")): alpha is dropped, not
/// blended; colour profiles and the EXIF orientation are not applied. Grey, palette, 16-bit and CMYK pictures become RGB.
/// </summary>
public static class ImageDecoder
{
    /// <summary>Largest picture accepted, in pixels: larger ones are taken for damaged headers.</summary>
    public const long MaximumPixels = 1L << 28;

    private const int MaximumBytesPerPixel = 16;

    /// <summary>File name extensions of the formats, lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".jpg", ".jpeg", ".png", ".webp"];

    /// <summary>Reads and decodes a file.</summary>
    /// <exception cref="UnreadableImageException">The file is missing, not an image, or damaged.</exception>
    public static RgbImage DecodeFile(string path) => DecodeFile(path, MaximumPixels);

    /// <summary>As above, with a bound of the caller's own.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumPixels">Largest picture accepted.</param>
    /// <exception cref="UnreadableImageException">The file is missing, not an image, damaged, or larger than accepted.</exception>
    public static RgbImage DecodeFile(string path, long maximumPixels)
    {
        byte[] bytes;
        try
        {
            // No format that is read takes more than a few bytes per pixel: a file beyond that is not read into memory.
            if (new FileInfo(path) is { Exists: true, Length: var length } && length / MaximumBytesPerPixel > maximumPixels)
            {
                throw new UnreadableImageException(path, $"the file has {length} bytes, too many for the {maximumPixels} pixels that are read at most");
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableImageException(path, error is FileNotFoundException or DirectoryNotFoundException ? "the file does not exist" : error.Message.TrimEnd('.'), error);
        }

        return Decode(bytes, path, maximumPixels);
    }

    /// <summary>Decodes an image in memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="item">What to call it in an error.</param>
    /// <exception cref="UnreadableImageException">The bytes are not a whole image of a known format.</exception>
    public static RgbImage Decode(byte[] bytes, string item) => Decode(bytes, item, MaximumPixels);

    /// <summary>As above, with a bound of the caller's own.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="item">What to call it in an error.</param>
    /// <param name="maximumPixels">Largest picture accepted.</param>
    /// <exception cref="UnreadableImageException">The bytes are not a whole image of a known format, or the image is larger than accepted.</exception>
    public static RgbImage Decode(byte[] bytes, string item, long maximumPixels)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length == 0)
        {
            throw new UnreadableImageException(item, "the file is empty (0 bytes)");
        }

        if (!HasKnownSignature(bytes))
        {
            throw new UnreadableImageException(item, $"the content is not JPEG, PNG or WebP (it starts with the bytes {Convert.ToHexString(bytes.AsSpan(0, Math.Min(8, bytes.Length)))})");
        }

        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        if (codec is null)
        {
            throw new UnreadableImageException(item, "the header is damaged or cut off");
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width < 1 || height < 1 || (long)width * height > maximumPixels)
        {
            throw new UnreadableImageException(item, $"the header claims {width} x {height} pixels; at most {maximumPixels} pixels are read");
        }

        // No colour space: values stay as stored. Unpremultiplied: dropping alpha leaves the stored colour.
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul, null);
        var pixels = new byte[width * height * RgbImage.BytesPerPixel];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* target = pixels)
            {
                result = codec.GetPixels(info, (nint)target);
            }
        }

        // The codec fills what is missing with a flat colour and calls it incomplete: for us that is damage.
        return result switch
        {
            SKCodecResult.Success when codec.EncodedFormat != SKEncodedImageFormat.Jpeg || !JpegStructure.IsProgressiveCutOff(bytes) => new RgbImage(width, height, pixels),
            SKCodecResult.Success or SKCodecResult.IncompleteInput => throw new UnreadableImageException(item, "the image data are cut off"),
            _ => throw new UnreadableImageException(item, $"the image data are damaged ({result})"),
        };
    }

    private static bool HasKnownSignature(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47])
        || (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8));
}
