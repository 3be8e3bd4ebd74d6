using Poa.Data.Datasets;
using SkiaSharp;

namespace Poa.Data.Segmentation;

/// <summary>Decodes label maps: PNG with one channel of 8 bits, whose values are the labels.</summary>
public static class LabelMapDecoder
{
    // IHDR is the first chunk: bit depth and colour type stand at fixed places.
    private const int DepthAt = 24;
    private const int ColourTypeAt = 25;
    private const int HeaderBytes = 26;
    private const byte Grey = 0;

    /// <summary>Reads and decodes a file.</summary>
    /// <exception cref="DatasetException">The file is missing, damaged or no such PNG; the message names it and the remedy.</exception>
    public static LabelMap DecodeFile(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"The label map {path} cannot be read: {error.Message}", error);
        }

        if (bytes.Length < HeaderBytes || !bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]))
        {
            throw new DatasetException($"The label map {path} is not a PNG file. Store label maps as PNG: lossy formats change labels.");
        }

        if (bytes[DepthAt] != 8 || bytes[ColourTypeAt] != Grey)
        {
            throw new DatasetException(
                $"The label map {path} is a PNG of {bytes[DepthAt]} bits and colour type {bytes[ColourTypeAt]}; wanted are 8 bits and colour type 0 (grey), "
                + "whose values are the labels. Convert colours or palette indices to such a map.");
        }

        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data) ?? throw new DatasetException($"The label map {path} has a damaged header. Get the file anew.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var labels = new byte[width * height];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* target = labels)
            {
                // No colour space: values stay as stored.
                result = codec.GetPixels(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque, null), (nint)target);
            }
        }

        return result == SKCodecResult.Success
            ? new LabelMap(width, height, labels)
            : throw new DatasetException($"The label map {path} is damaged or cut off ({result}). Get the file anew.");
    }
}
