using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Data.Scenes;

/// <summary>The ground of a scene: one texture, or two that meet in a straight line.</summary>
internal static class Ground
{
    /// <summary>Grey levels added to or taken from each pixel at most, so that no ground is flat.</summary>
    private const int Noise = 6;

    /// <param name="pixels">Receives the colours; four bytes per pixel.</param>
    /// <param name="textures">Receives the place of each pixel's texture among <see cref="Texture.Names"/>; -1 where it has none.</param>
    /// <param name="width">Columns.</param>
    /// <param name="isGrey">Whether the colours are to be grey.</param>
    /// <param name="random">Where the choices come from.</param>
    public static void Paint(Span<byte> pixels, Span<int> textures, int width, bool isGrey, RandomStream random)
    {
        var height = textures.Length / width;
        var first = Texture.Draw(width, height, isGrey, random);
        var second = random.NextBool() ? Texture.Draw(width, height, isGrey, random) : first;
        var (across, down) = Direction.Draw(random);
        var border = random.Uniform(0.3, 0.7);
        var (middleX, middleY) = (border * width, border * height);
        for (var at = 0; at < textures.Length; at++)
        {
            var (y, x) = Math.DivRem(at, width);
            var texture = ((x - middleX) * across) + ((y - middleY) * down) < 0 ? first : second;
            textures[at] = texture.Kind;
            var noise = random.NextInt32(-Noise, Noise + 1);
            for (var c = 0; c < 3; c++)
            {
                pixels[(at * RgbImage.BytesPerPixel) + c] = (byte)Math.Clamp(texture.Shade(x, y, c) + noise, byte.MinValue, byte.MaxValue);
            }

            pixels[(at * RgbImage.BytesPerPixel) + 3] = byte.MaxValue;
        }
    }
}

/// <summary>Random directions from exact operations only: sine and cosine differ between C libraries in their last bits.</summary>
internal static class Direction
{
    private const int Steps = 8;

    /// <returns>A vector of length 1.</returns>
    public static (double X, double Y) Draw(RandomStream random)
    {
        var x = random.NextInt32(-Steps, Steps + 1);
        var y = random.NextInt32(1, Steps + 1);
        var length = Math.Sqrt((x * x) + (y * y));
        return (x / length, y / length);
    }
}
