using System.Runtime.InteropServices;

namespace Poa.Data.Imaging;

/// <summary>Mirrors pictures left and right.</summary>
public static class HorizontalFlip
{
    /// <summary>Mirrors each row in place.</summary>
    /// <param name="pixels">Pixels of four bytes, see <see cref="RgbImage"/>, row-major.</param>
    /// <param name="width">Columns.</param>
    public static void Apply(Span<byte> pixels, int width)
    {
        var words = MemoryMarshal.Cast<byte, uint>(pixels);
        for (var row = 0; row < words.Length; row += width)
        {
            words.Slice(row, width).Reverse();
        }
    }
}
