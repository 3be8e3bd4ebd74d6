using System.Collections.Immutable;
using System.Text.Json;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// The outline or mask of an object as a file holds it, kept small; <see cref="ToMask"/> makes the mask when one is needed.
/// </summary>
public abstract class CocoSegmentation
{
    private protected CocoSegmentation()
    {
    }

    /// <summary>A mask in compressed run lengths.</summary>
    public static CocoSegmentation Of(RunLengthMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        return new CocoRuns(mask.Height, mask.Width, RunText.WriteBytes(mask.Counts));
    }

    /// <summary>An object of one or more polygons.</summary>
    /// <param name="parts">Each x, y, x, y, ... in pixels.</param>
    /// <exception cref="FormatException">There is no polygon, or one is none; see <see cref="RunLengthMask.FromPolygon"/>.</exception>
    public static CocoSegmentation Of(ImmutableArray<double[]> parts)
    {
        if (parts.IsDefaultOrEmpty)
        {
            throw new FormatException("there is no polygon: fewer than 3 points");
        }

        foreach (var part in parts)
        {
            PolygonRasteriser.Check(part);
        }

        return new CocoPolygons(parts);
    }

    /// <summary>The mask; made anew by each call.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <exception cref="FormatException">The segmentation is of another size.</exception>
    public abstract RunLengthMask ToMask(int height, int width);

    internal abstract void Write(Utf8JsonWriter json);

    /// <exception cref="FormatException">The segmentation does not fit an image of that size.</exception>
    internal abstract void Check(int height, int width);
}

internal sealed class CocoPolygons(ImmutableArray<double[]> parts) : CocoSegmentation
{
    public override RunLengthMask ToMask(int height, int width) =>
        RunLengthMask.Union([.. parts.Select(part => RunLengthMask.FromPolygon(height, width, part))]);

    internal override void Check(int height, int width)
    {
        // Polygons may reach out of the image.
    }

    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var part in parts)
        {
            json.WriteStartArray();
            foreach (var value in part)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}

internal sealed class CocoRuns(int height, int width, byte[] text) : CocoSegmentation
{
    public override RunLengthMask ToMask(int height, int width)
    {
        Check(height, width);
        return RunLengthMask.FromText(height, width, text);
    }

    internal override void Check(int imageHeight, int imageWidth)
    {
        if (imageHeight != height || imageWidth != width)
        {
            throw new FormatException($"the mask is of {height} x {width} pixels (height x width), the image of {imageHeight} x {imageWidth}");
        }
    }

    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("size"u8);
        json.WriteNumberValue(height);
        json.WriteNumberValue(width);
        json.WriteEndArray();
        json.WriteString("counts"u8, text);
        json.WriteEndObject();
    }
}
