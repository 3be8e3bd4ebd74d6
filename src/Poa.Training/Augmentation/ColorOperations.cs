using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Poa.Data.Imaging;

namespace Poa.Training.Augmentation;

/// <summary>
/// Adjustments on 8-bit pixels (R, G, B, unused), in place, with the rounding of the imaging library under the authors'
/// augmentations (PIL as torchvision drives it): every adjustment goes back to 8 bits, blends truncate.
/// </summary>
internal static class ColorOperations
{
    /// <summary>Weights of red, green and blue in luma (ITU-R BT.601), times 2^16.</summary>
    private const int RedLuma = 19595;
    private const int GreenLuma = 38470;
    private const int BlueLuma = 7471;

    /// <summary>Blends with black: 0 is black, 1 leaves the image as it is.</summary>
    public static void Brightness(Span<byte> pixels, double factor) => BlendWithConstant(pixels, 0, (float)factor);

    /// <summary>Blends with the mean grey of the image: 0 is flat grey, 1 leaves the image as it is.</summary>
    public static void Contrast(Span<byte> pixels, double factor)
    {
        var sum = 0L;
        for (var i = 0; i < pixels.Length; i += RgbImage.BytesPerPixel)
        {
            sum += Luma(pixels[i], pixels[i + 1], pixels[i + 2]);
        }

        var mean = (int)((sum / (double)(pixels.Length / RgbImage.BytesPerPixel)) + 0.5);
        BlendWithConstant(pixels, mean, (float)factor);
    }

    /// <summary>Blends with the grey image: 0 is grey, 1 leaves the image as it is.</summary>
    public static void Saturation(Span<byte> pixels, double factor)
    {
        var alpha = Vector128.Create((float)factor);
        var words = MemoryMarshal.Cast<byte, uint>(pixels);
        for (var i = 0; i < words.Length; i++)
        {
            var bytes = Vector128.CreateScalarUnsafe(words[i]).AsByte();
            var value = Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();
            var grey = Vector128.Create((int)Luma(bytes.GetElement(0), bytes.GetElement(1), bytes.GetElement(2)));
            var blend = Vector128.ConvertToSingle(grey) + (alpha * Vector128.ConvertToSingle(value - grey));
            var clipped = Vector128.Min(Vector128.Max(Vector128.ConvertToInt32(blend), Vector128<int>.Zero), Vector128.Create(255));
            words[i] = Vector128.Narrow(Vector128.Narrow(clipped, clipped).AsUInt16(), Vector128<ushort>.Zero).AsUInt32().ToScalar();
        }
    }

    /// <summary>Makes the three channels equal to the luma.</summary>
    public static void Grayscale(Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i += RgbImage.BytesPerPixel)
        {
            var grey = Luma(pixels[i], pixels[i + 1], pixels[i + 2]);
            pixels[i] = grey;
            pixels[i + 1] = grey;
            pixels[i + 2] = grey;
        }
    }

    /// <summary>Inverts every value from <paramref name="threshold"/> on.</summary>
    public static void Solarize(Span<byte> pixels, int threshold)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            var value = pixels[i];
            pixels[i] = value < threshold ? value : (byte)~value;
        }
    }

    internal static byte Luma(int red, int green, int blue) =>
        (byte)(((red * RedLuma) + (green * GreenLuma) + (blue * BlueLuma) + 0x8000) >> 16);

    private static void BlendWithConstant(Span<byte> pixels, int constant, float factor)
    {
        Span<byte> table = stackalloc byte[256];
        for (var value = 0; value < table.Length; value++)
        {
            // Truncation, as the library does it; beyond [0, 255] only for factors outside [0, 1].
            table[value] = (byte)Math.Clamp(constant + (factor * (value - constant)), 0f, 255f);
        }

        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = table[pixels[i]];
        }
    }
}
