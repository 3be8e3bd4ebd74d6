using Poa.Data.Imaging;

namespace Poa.Data.Scenes;

/// <summary>A cut-out as it goes into a scene, mirrored or not.</summary>
internal sealed class Sprite(Cutout cutout, bool mirrored)
{
    public int Category => cutout.Category;

    public int Width => cutout.Colour.Width;

    public int Height => cutout.Colour.Height;

    /// <summary>Whether the pixel belongs to the object.</summary>
    public bool IsSolid(int x, int y) => cutout.Opacity.Pixels[Offset(x, y)] >= Cutout.Solid;

    /// <summary>Draws it into a scene; soft edges let what is behind shine through.</summary>
    /// <param name="pixels">The scene, four bytes per pixel.</param>
    /// <param name="sceneWidth">Its columns.</param>
    /// <param name="sceneHeight">Its rows.</param>
    /// <param name="left">Column of the sprite's first column; may be outside.</param>
    /// <param name="top">Row of the sprite's first row; may be outside.</param>
    public void Draw(Span<byte> pixels, int sceneWidth, int sceneHeight, int left, int top)
    {
        for (var y = Math.Max(0, -top); y < Math.Min(Height, sceneHeight - top); y++)
        {
            for (var x = Math.Max(0, -left); x < Math.Min(Width, sceneWidth - left); x++)
            {
                var from = Offset(x, y);
                var to = (((top + y) * sceneWidth) + left + x) * RgbImage.BytesPerPixel;
                for (var c = 0; c < 3; c++)
                {
                    pixels[to + c] = Blend.Over(cutout.Colour.Pixels[from + c], cutout.Opacity.Pixels[from], pixels[to + c]);
                }
            }
        }
    }

    private int Offset(int x, int y) => ((y * Width) + (mirrored ? Width - 1 - x : x)) * RgbImage.BytesPerPixel;
}
