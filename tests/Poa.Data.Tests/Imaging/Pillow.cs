using System.Text.Json;
using Poa.Data.Imaging;

namespace Poa.Data.Tests.Imaging;

/// <summary>What Pillow made of small images (record_pillow.py).</summary>
internal static class Pillow
{
    private static readonly JsonElement Root = Read();

    public static IEnumerable<JsonElement> Cases(string name) => Root.GetProperty(name).EnumerateArray();

    /// <summary>Adds the unused fourth byte that our pixels have.</summary>
    public static RgbImage Image(int width, int height, byte[] rgb)
    {
        var pixels = new byte[width * height * RgbImage.BytesPerPixel];
        for (var i = 0; i < width * height; i++)
        {
            rgb.AsSpan(3 * i, 3).CopyTo(pixels.AsSpan(4 * i));
        }

        return new RgbImage(width, height, pixels);
    }

    public static byte[] Rgb(ReadOnlySpan<byte> pixels)
    {
        var rgb = new byte[pixels.Length / 4 * 3];
        for (var i = 0; i < pixels.Length / 4; i++)
        {
            pixels.Slice(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        }

        return rgb;
    }

    private static JsonElement Read()
    {
        using var stream = typeof(Pillow).Assembly.GetManifestResourceStream("pillow.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
