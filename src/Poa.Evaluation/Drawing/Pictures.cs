using System.Globalization;
using Poa.Data.Imaging;

namespace Poa.Evaluation.Drawing;

/// <summary>
/// Pictures that show results. All are pure functions; small images come out enlarged by a whole factor, so that lines and letters fit.
/// <see cref="ImageEncoder"/> makes files of them.
/// </summary>
public static class Pictures
{
    // The shorter side of a picture has about as many pixels as this, unless the image has more.
    private const int ComfortableSide = 448;

    private const int Line = 2;
    private const int LetterSize = 2;
    private const int Margin = 4;
    private const int MaskPercent = 45;
    private const int LabelPercent = 60;
    private const int HeatPercent = 65;

    private const int RowHeight = (PixelFont.Height * LetterSize) + (2 * Margin);

    private static readonly Colour Paper = new(255, 255, 255);

    /// <summary>Draws objects over an image: masks, boxes, names and scores, those of the lowest score first.</summary>
    /// <param name="image">The image.</param>
    /// <param name="objects">Objects in any order.</param>
    /// <exception cref="ArgumentException">A mask is of another size than the image.</exception>
    public static RgbImage Objects(RgbImage image, IReadOnlyList<DrawnObject> objects)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(objects);
        var scale = ScaleOf(image);
        var canvas = PictureCanvas.Of(image, scale);
        DrawnObject[] ordered = [.. objects.OrderBy(one => one.Score ?? 1)];
        foreach (var one in ordered.Where(one => one.Mask is not null))
        {
            DrawMask(canvas, image, one, scale);
        }

        foreach (var one in ordered)
        {
            DrawBox(canvas, one, scale);
        }

        return canvas.ToImage();
    }

    /// <summary>Draws a label map over an image, with the names of the classes that occur below it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="classes">Class of each pixel, row by row; outside 0 .. names - 1 (ignored, unlabelled) the image shows.</param>
    /// <param name="names">Names of the classes.</param>
    /// <exception cref="ArgumentException">There is not one class per pixel.</exception>
    public static RgbImage LabelMap(RgbImage image, ReadOnlySpan<int> classes, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(names);
        if (classes.Length != image.Width * image.Height)
        {
            throw new ArgumentException($"An image of {image.Width} x {image.Height} pixels has {image.Width * image.Height} labels, not {classes.Length}.", nameof(classes));
        }

        var scale = ScaleOf(image);
        var present = new SortedSet<int>();
        var map = PictureCanvas.Of(image, scale);
        for (var at = 0; at < classes.Length; at++)
        {
            if (classes[at] >= 0 && classes[at] < names.Count)
            {
                present.Add(classes[at]);
                map.Fill(at % image.Width * scale, at / image.Width * scale, scale, scale, Palette.OfClass(classes[at]), LabelPercent);
            }
        }

        return WithLegend(map.ToImage(), [.. present.Select(index => (names[index], Palette.OfClass(index)))]);
    }

    /// <summary>Draws weights of patches over an image: the largest light, the smallest dark.</summary>
    /// <param name="image">The image.</param>
    /// <param name="weights">rows * columns finite weights, row by row.</param>
    /// <param name="rows">Rows of patches.</param>
    /// <param name="columns">Columns of patches.</param>
    public static RgbImage HeatMap(RgbImage image, ReadOnlySpan<float> weights, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, rows * columns);
        var (least, most) = (float.MaxValue, float.MinValue);
        foreach (var weight in weights)
        {
            (least, most) = (Math.Min(least, weight), Math.Max(most, weight));
        }

        var canvas = PictureCanvas.Of(image, ScaleOf(image));
        for (var i = 0; i < weights.Length; i++)
        {
            // Borders between whole pixels, so that patches neither overlap nor leave gaps.
            var (left, right) = (i % columns * canvas.Width / columns, ((i % columns) + 1) * canvas.Width / columns);
            var (top, bottom) = (i / columns * canvas.Height / rows, ((i / columns) + 1) * canvas.Height / rows);
            canvas.Fill(left, top, right - left, bottom - top, Palette.OfHeat(most > least ? (weights[i] - least) / (most - least) : 0), HeatPercent);
        }

        return canvas.ToImage();
    }

    /// <summary>Puts pictures of one size side by side, each with its caption above.</summary>
    /// <param name="panels">At least one.</param>
    /// <param name="columns">Pictures in a row.</param>
    public static RgbImage Sheet(IReadOnlyList<(string Caption, RgbImage Picture)> panels, int columns)
    {
        ArgumentNullException.ThrowIfNull(panels);
        ArgumentOutOfRangeException.ThrowIfZero(panels.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        columns = Math.Min(columns, panels.Count);
        var (width, height) = (panels.Max(panel => panel.Picture.Width) + Margin, panels.Max(panel => panel.Picture.Height) + RowHeight);
        var canvas = new PictureCanvas((width * columns) + Margin, (((panels.Count + columns - 1) / columns) * height) + Margin, Paper);
        for (var i = 0; i < panels.Count; i++)
        {
            var (left, top) = (Margin + (i % columns * width), i / columns * height);
            canvas.Write(panels[i].Caption, left, top + Margin, LetterSize, Paper.Ink);
            canvas.Paste(panels[i].Picture, left, top + RowHeight, 1);
        }

        return canvas.ToImage();
    }

    /// <summary>By what whole factor pictures of an image are enlarged.</summary>
    internal static int ScaleOf(RgbImage image) => Math.Max(1, ComfortableSide / Math.Min(image.Width, image.Height));

    private static void DrawMask(PictureCanvas canvas, RgbImage image, DrawnObject one, int scale)
    {
        var mask = one.Mask!;
        if (mask.Height != image.Height || mask.Width != image.Width)
        {
            throw new ArgumentException($"The mask of '{one.Name}' has {mask.Width} x {mask.Height} pixels (width x height), the image {image.Width} x {image.Height}.");
        }

        var pixels = new byte[image.Width * image.Height];
        mask.Decode(pixels);
        for (var at = 0; at < pixels.Length; at++)
        {
            if (pixels[at] != 0)
            {
                canvas.Fill(at % image.Width * scale, at / image.Width * scale, scale, scale, Palette.OfClass(one.Class), MaskPercent);
            }
        }
    }

    private static void DrawBox(PictureCanvas canvas, DrawnObject one, int scale)
    {
        var colour = Palette.OfClass(one.Class);
        var (left, top) = ((int)Math.Round(one.Box.X * scale), (int)Math.Round(one.Box.Y * scale));
        canvas.Outline(left, top, (int)Math.Round(one.Box.Width * scale), (int)Math.Round(one.Box.Height * scale), Line, colour);
        var text = one.Score is { } score ? string.Create(CultureInfo.InvariantCulture, $"{one.Name} {score:F2}") : one.Name;
        var (width, height) = ((PixelFont.WidthOf(text) * LetterSize) + Margin, (PixelFont.Height * LetterSize) + Margin);

        // Above the box where there is room, and within the picture.
        var x = Math.Max(0, Math.Min(left, canvas.Width - width));
        var y = top >= height ? top - height : Math.Max(0, Math.Min(top, canvas.Height - height));
        canvas.Fill(x, y, width, height, colour);
        canvas.Write(text, x + (Margin / 2), y + (Margin / 2), LetterSize, colour.Ink);
    }

    private static RgbImage WithLegend(RgbImage picture, IReadOnlyList<(string Name, Colour Colour)> entries)
    {
        const int Swatch = PixelFont.Height * LetterSize;
        var canvas = new PictureCanvas(picture.Width, picture.Height + (entries.Count * RowHeight), Paper);
        canvas.Paste(picture, 0, 0, 1);
        for (var i = 0; i < entries.Count; i++)
        {
            var top = picture.Height + (i * RowHeight) + Margin;
            canvas.Fill(Margin, top, Swatch, Swatch, entries[i].Colour);
            canvas.Write(entries[i].Name, (2 * Margin) + Swatch, top, LetterSize, Paper.Ink);
        }

        return canvas.ToImage();
    }
}
