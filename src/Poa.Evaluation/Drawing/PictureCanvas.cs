using Poa.Data.Imaging;

namespace Poa.Evaluation.Drawing;

/// <summary>
/// A picture that is being drawn: whole pixels and integer mixing only, so that equal calls give equal pixels everywhere. What lies outside is
/// cut off.
/// </summary>
internal sealed class PictureCanvas
{
    private readonly byte[] pixels;

    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="background">Colour of every pixel.</param>
    public PictureCanvas(int width, int height, Colour background)
    {
        (Width, Height) = (width, height);
        pixels = new byte[checked(width * height * RgbImage.BytesPerPixel)];
        Fill(0, 0, width, height, background);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Starts from a picture, each of whose pixels becomes a square.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="scale">Side of the squares.</param>
    public static PictureCanvas Of(RgbImage image, int scale)
    {
        var canvas = new PictureCanvas(image.Width * scale, image.Height * scale, default);
        canvas.Paste(image, 0, 0, scale);
        return canvas;
    }

    /// <summary>The picture as it stands; nothing may be drawn afterwards.</summary>
    public RgbImage ToImage() => new(Width, Height, pixels);

    /// <summary>Copies a picture, each of whose pixels becomes a square.</summary>
    public void Paste(RgbImage image, int left, int top, int scale)
    {
        for (var y = Math.Max(0, top); y < Math.Min(Height, top + (image.Height * scale)); y++)
        {
            for (var x = Math.Max(0, left); x < Math.Min(Width, left + (image.Width * scale)); x++)
            {
                var from = (((y - top) / scale * image.Width) + ((x - left) / scale)) * RgbImage.BytesPerPixel;
                Set(x, y, new(image.Pixels[from], image.Pixels[from + 1], image.Pixels[from + 2]));
            }
        }
    }

    /// <summary>Fills a rectangle.</summary>
    /// <param name="left">First column.</param>
    /// <param name="top">First row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="colour">Colour.</param>
    /// <param name="percent">Share of the colour; the rest is what was there.</param>
    public void Fill(int left, int top, int width, int height, Colour colour, int percent = 100)
    {
        for (var y = Math.Max(0, top); y < Math.Min(Height, top + height); y++)
        {
            for (var x = Math.Max(0, left); x < Math.Min(Width, left + width); x++)
            {
                Set(x, y, percent == 100 ? colour : colour.Over(Get(x, y), percent));
            }
        }
    }

    /// <summary>Draws the border of a rectangle, inwards.</summary>
    public void Outline(int left, int top, int width, int height, int thickness, Colour colour)
    {
        Fill(left, top, width, thickness, colour);
        Fill(left, top + height - thickness, width, thickness, colour);
        Fill(left, top, thickness, height, colour);
        Fill(left + width - thickness, top, thickness, height, colour);
    }

    /// <summary>Writes a line of text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="left">Column of its left edge.</param>
    /// <param name="top">Row of its upper edge.</param>
    /// <param name="size">Side of the squares that letters are made of.</param>
    /// <param name="colour">Colour.</param>
    public void Write(string text, int left, int top, int size, Colour colour)
    {
        foreach (var (x, y) in PixelFont.Dots(text))
        {
            Fill(left + (x * size), top + (y * size), size, size, colour);
        }
    }

    private Colour Get(int x, int y)
    {
        var at = ((y * Width) + x) * RgbImage.BytesPerPixel;
        return new(pixels[at], pixels[at + 1], pixels[at + 2]);
    }

    private void Set(int x, int y, Colour colour)
    {
        var at = ((y * Width) + x) * RgbImage.BytesPerPixel;
        (pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]) = (colour.Red, colour.Green, colour.Blue, byte.MaxValue);
    }
}
