using Poa.Data.Imaging;

namespace Poa.Data.Scenes;

/// <summary>A picture without its background, cut to its own box.</summary>
/// <param name="Category">Place of its category.</param>
/// <param name="Colour">Colours times opacity, so that resampling does not bring in colours of what is transparent.</param>
/// <param name="Opacity">Opacity as grey: 0 is transparent, 255 opaque.</param>
internal sealed record Cutout(int Category, RgbImage Colour, RgbImage Opacity)
{
    /// <summary>Opacity from which a pixel belongs to the object.</summary>
    public const byte Solid = 128;

    /// <summary>Cuts a picture out.</summary>
    /// <param name="category">Place of its category.</param>
    /// <param name="picture">The whole picture.</param>
    /// <param name="opacity">Of each of its pixels, row by row.</param>
    /// <returns>Null if nothing of it is solid.</returns>
    public static Cutout? Of(int category, RgbImage picture, ReadOnlySpan<byte> opacity)
    {
        if (SolidBox(picture.Width, picture.Height, opacity) is not { } box)
        {
            return null;
        }

        var colour = new byte[box.Width * box.Height * RgbImage.BytesPerPixel];
        var alpha = new byte[box.Width * box.Height];
        for (var y = 0; y < box.Height; y++)
        {
            for (var x = 0; x < box.Width; x++)
            {
                var (from, to) = (((box.Y + y) * picture.Width) + box.X + x, (y * box.Width) + x);
                alpha[to] = opacity[from];
                for (var c = 0; c < 3; c++)
                {
                    colour[(to * RgbImage.BytesPerPixel) + c] = Blend.Share(picture.Pixels[(from * RgbImage.BytesPerPixel) + c], opacity[from]);
                }
            }
        }

        return new(category, new(box.Width, box.Height, colour), RgbImage.FromGrey(box.Width, box.Height, alpha));
    }

    /// <summary>The same at another size.</summary>
    /// <param name="side">Pixels of the longer side.</param>
    /// <param name="resampler">Scratch memory.</param>
    public Cutout Resized(int side, BicubicResampler resampler)
    {
        var longer = Math.Max(Colour.Width, Colour.Height);
        var (width, height) = (Shrunk(Colour.Width), Shrunk(Colour.Height));
        return new(Category, Resize(Colour), Resize(Opacity));

        int Shrunk(int length) => Math.Max(1, (((2 * length * side) / longer) + 1) / 2);

        RgbImage Resize(RgbImage image)
        {
            var pixels = new byte[width * height * RgbImage.BytesPerPixel];
            resampler.Resize(image, new PixelBox(0, 0, image.Width, image.Height), width, height, pixels);
            return new RgbImage(width, height, pixels);
        }
    }

    private static PixelBox? SolidBox(int width, int height, ReadOnlySpan<byte> opacity)
    {
        var (left, top, right, bottom) = (width, height, -1, -1);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                if (opacity[(y * width) + x] >= Solid)
                {
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
                }
            }
        }

        return right < 0 ? null : new PixelBox(left, top, right - left + 1, bottom - top + 1);
    }
}
