namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// A binary mask as COCO stores it: lengths of runs down the columns, left to right, of zeros and ones in turn, zeros first. Runs are
/// canonical: only the first may be empty. What pycocotools computes from masks is computed here with the same outcome.
/// </summary>
public sealed class RunLengthMask : IEquatable<RunLengthMask>
{
    private readonly int[] counts;

    private RunLengthMask(int height, int width, int[] canonical)
    {
        (Height, Width, counts) = (height, width, canonical);
        for (var i = 1; i < canonical.Length; i += 2)
        {
            Area += canonical[i];
        }
    }

    /// <summary>Rows, in pixels.</summary>
    public int Height { get; }

    /// <summary>Columns, in pixels.</summary>
    public int Width { get; }

    /// <summary>Pixels set.</summary>
    public int Area { get; }

    /// <summary>Run lengths; they sum to height times width.</summary>
    public ReadOnlySpan<int> Counts => counts;

    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1; the image has fewer than 2^31 pixels.</param>
    /// <param name="counts">Run lengths; empty runs are allowed anywhere.</param>
    /// <exception cref="FormatException">A run is negative, or the runs do not sum to the image's size.</exception>
    public static RunLengthMask FromCounts(int height, int width, ReadOnlySpan<int> counts)
    {
        var runs = new RunWriter(PixelsOf(height, width));
        for (var i = 0; i < counts.Length; i++)
        {
            runs.Add((i & 1) != 0, counts[i]);
        }

        return new(height, width, runs.ToArray());
    }

    /// <summary>Reads the compressed form, as in <c>"counts": "ea?5W71..."</c>.</summary>
    /// <exception cref="FormatException">The text is not of that form, or its runs do not sum to the image's size.</exception>
    public static RunLengthMask FromText(int height, int width, ReadOnlySpan<byte> text)
    {
        var runs = new RunWriter(PixelsOf(height, width));
        var reader = new RunTextReader(text);
        for (var one = false; reader.Next(out var count); one = !one)
        {
            runs.Add(one, count);
        }

        return new(height, width, runs.ToArray());
    }

    /// <summary>The mask of a polygon that pycocotools makes: its boundary is followed on a grid of a fifth of a pixel.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="xy">Corners x, y, x, y, ... in pixels; at least three; they may lie outside the image.</param>
    /// <exception cref="FormatException">Fewer than three corners, a number left over, or a coordinate that is not finite or absurdly large.</exception>
    public static RunLengthMask FromPolygon(int height, int width, ReadOnlySpan<double> xy) =>
        new(height, width, PolygonRasteriser.Runs(height, width, xy, PixelsOf(height, width)));

    /// <summary>The mask of a box, rasterised as a polygon of four corners.</summary>
    /// <exception cref="FormatException">A coordinate is not finite or absurdly large.</exception>
    public static RunLengthMask FromBox(int height, int width, CocoBox box)
    {
        var (right, bottom) = (box.X + box.Width, box.Y + box.Height);
        return FromPolygon(height, width, [box.X, box.Y, box.X, bottom, right, bottom, right, box.Y]);
    }

    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="pixels">Height times width values, row by row; all but 0 is set.</param>
    public static RunLengthMask Encode(int height, int width, ReadOnlySpan<byte> pixels)
    {
        var size = PixelsOf(height, width);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, size);
        var runs = new RunWriter(size);
        for (var x = 0; x < width; x++)
        {
            for (var at = x; at < size; at += width)
            {
                runs.Add(pixels[at] != 0, 1);
            }
        }

        return new(height, width, runs.ToArray());
    }

    /// <summary>A mask that is empty outside a window, from the window's pixels; takes time and memory for the window only.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="top">First row of the window.</param>
    /// <param name="left">First column of the window.</param>
    /// <param name="windowHeight">Rows of the window.</param>
    /// <param name="columns">The window's pixels, column by column; all but 0 is set.</param>
    internal static RunLengthMask EncodeWindow(int height, int width, int top, int left, int windowHeight, ReadOnlySpan<byte> columns)
    {
        var size = PixelsOf(height, width);
        var runs = new RunWriter(size);
        runs.Add(false, (long)left * height);
        for (; columns.Length > 0; columns = columns[windowHeight..])
        {
            runs.Add(false, top);
            foreach (var pixel in columns[..windowHeight])
            {
                runs.Add(pixel != 0, 1);
            }

            runs.Add(false, height - top - windowHeight);
            left++;
        }

        runs.Add(false, (long)(width - left) * height);
        return new(height, width, runs.ToArray());
    }

    /// <summary>The pixels where any of the masks is set.</summary>
    /// <param name="masks">At least one; all of one size.</param>
    public static RunLengthMask Union(params ReadOnlySpan<RunLengthMask> masks) => Merge(masks, static (a, b) => a || b);

    /// <summary>The pixels where all masks are set.</summary>
    /// <inheritdoc cref="Union" path="/param"/>
    public static RunLengthMask Intersection(params ReadOnlySpan<RunLengthMask> masks) => Merge(masks, static (a, b) => a && b);

    /// <summary>Pixels that both masks of one size have set.</summary>
    public int IntersectionArea(RunLengthMask other)
    {
        RequireSize(other);
        var area = 0;
        var walk = new RunPairs(counts, other.counts);
        while (walk.Next(out var first, out var second, out var length))
        {
            area += first && second ? length : 0;
        }

        return area;
    }

    /// <summary>The smallest box of whole pixels around the mask; all zeros for an empty mask.</summary>
    public CocoBox BoundingBox()
    {
        var (left, top, right, bottom) = (Width, Height, -1, -1);
        var at = 0;
        for (var i = 1; i < counts.Length; i += 2)
        {
            at += counts[i - 1];
            var (x, y) = Math.DivRem(at, Height);
            at += counts[i];
            var (endX, endY) = Math.DivRem(at - 1, Height);
            if (endX > x)
            {
                (y, endY, top, bottom) = (0, Height - 1, 0, Height - 1); // the run goes through the foot of one column and the head of the next
            }

            (left, right) = (Math.Min(left, x), Math.Max(right, endX));
            (top, bottom) = (Math.Min(top, y), Math.Max(bottom, endY));
        }

        return right < 0 ? default : new(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>Writes the mask as pixels.</summary>
    /// <param name="pixels">Height times width values, row by row; each becomes 0 or 1.</param>
    public void Decode(Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, Height * Width);
        pixels.Clear();
        var at = 0;
        for (var i = 1; i < counts.Length; i += 2)
        {
            at += counts[i - 1];
            for (var end = at + counts[i]; at < end; at++)
            {
                pixels[(at % Height * Width) + (at / Height)] = 1;
            }
        }
    }

    /// <summary>The compressed form: 6 bits a character, differences to the run before the last.</summary>
    public string ToText() => RunText.Write(counts);

    /// <inheritdoc/>
    public bool Equals(RunLengthMask? other) => other is not null && Height == other.Height && Width == other.Width && Counts.SequenceEqual(other.Counts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RunLengthMask);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Height, Width, Area, counts.Length);

    private static RunLengthMask Merge(ReadOnlySpan<RunLengthMask> masks, Func<bool, bool, bool> rule)
    {
        ArgumentOutOfRangeException.ThrowIfZero(masks.Length);
        var merged = masks[0];
        foreach (var mask in masks[1..])
        {
            merged.RequireSize(mask);
            var runs = new RunWriter(merged.Height * merged.Width);
            var walk = new RunPairs(merged.counts, mask.counts);
            while (walk.Next(out var first, out var second, out var length))
            {
                runs.Add(rule(first, second), length);
            }

            merged = new(merged.Height, merged.Width, runs.ToArray());
        }

        return merged;
    }

    private void RequireSize(RunLengthMask other)
    {
        if (other.Height != Height || other.Width != Width)
        {
            throw new ArgumentException($"A mask of {other.Height} x {other.Width} pixels does not fit one of {Height} x {Width}.");
        }
    }

    private static int PixelsOf(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return (long)height * width <= int.MaxValue
            ? height * width
            : throw new ArgumentOutOfRangeException(nameof(width), width, $"An image of {height} x {width} pixels has more than 2^31.");
    }
}
