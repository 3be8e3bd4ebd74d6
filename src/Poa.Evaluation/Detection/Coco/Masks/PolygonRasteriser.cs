namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// The rasterisation of pycocotools (<c>rleFrPoly</c>), reproduced to the pixel: the outline is walked on a grid five times as fine; where it
/// passes the middle of a pixel column it leaves a crossing; between crossings, in column order, pixels are out and in by turns.
/// </summary>
internal static class PolygonRasteriser
{
    private const int Scale = 5;

    // Further out the walk would take seconds, and later the grid's integers would overflow.
    private const double Furthest = 1e6;

    /// <returns>Canonical runs.</returns>
    /// <exception cref="FormatException">The corners are no polygon.</exception>
    public static int[] Runs(int height, int width, ReadOnlySpan<double> xy, int pixels)
    {
        Check(xy);
        var crossings = Crossings(height, width, xy);
        crossings.Sort();
        var runs = new RunWriter(pixels);
        var (previous, one) = (0, false);
        foreach (var crossing in crossings)
        {
            runs.Add(one, crossing - previous);
            (previous, one) = (crossing, !one);
        }

        runs.Add(one, pixels - previous);
        return runs.ToArray();
    }

    /// <exception cref="FormatException">The corners are no polygon.</exception>
    public static void Check(ReadOnlySpan<double> xy)
    {
        if (xy.Length < 6)
        {
            throw new FormatException($"a polygon has {xy.Length} numbers: fewer than 3 points");
        }

        if (xy.Length % 2 != 0)
        {
            throw new FormatException($"a polygon has {xy.Length} numbers, which do not pair up to points");
        }

        foreach (var value in xy)
        {
            if (!(Math.Abs(value) <= Furthest))
            {
                throw new FormatException($"a polygon has the coordinate {value}, beyond {Furthest:0} pixels");
            }
        }
    }

    private static List<int> Crossings(int height, int width, ReadOnlySpan<double> xy)
    {
        var crossings = new List<int>();
        var corners = xy.Length / 2;
        var (lastU, lastV, any) = (0, 0, false);
        for (var j = 0; j < corners; j++)
        {
            var next = j + 1 == corners ? 0 : j + 1;
            var (xs, ys) = (Fine(xy[2 * j]), Fine(xy[(2 * j) + 1]));
            var (xe, ye) = (Fine(xy[2 * next]), Fine(xy[(2 * next) + 1]));
            var (dx, dy) = (Math.Abs(xe - xs), Math.Abs(ye - ys));
            var flat = dx >= dy;
            var flip = flat ? xs > xe : ys > ye;
            if (flip)
            {
                (xs, ys, xe, ye) = (xe, ye, xs, ys);
            }

            // A corner repeated has no slope, and needs none: it is one point, whose column the last one shares.
            var steps = Math.Max(dx, dy);
            var slope = steps == 0 ? 0 : (double)(flat ? ye - ys : xe - xs) / steps;
            for (var d = 0; d <= steps; d++)
            {
                var t = flip ? steps - d : d;
                var (u, v) = flat ? (t + xs, (int)(ys + (slope * t) + 0.5)) : ((int)(xs + (slope * t) + 0.5), t + ys);
                if (any && u != lastU && Crossing(height, width, u < lastU ? u : u - 1, Math.Min(v, lastV)) is { } crossing)
                {
                    crossings.Add(crossing);
                }

                (lastU, lastV, any) = (u, v, true);
            }
        }

        return crossings;
    }

    /// <summary>Place of the first pixel below the outline in a column, counted down the columns; null where the fine column is no pixel's middle.</summary>
    private static int? Crossing(int height, int width, int u, int v)
    {
        if (u < Scale / 2 || (u - (Scale / 2)) % Scale != 0 || u / Scale >= width)
        {
            return null;
        }

        // ceil((v + 0.5) / 5 - 0.5) in integers, kept within the column and its foot.
        var y = v <= 0 ? 0 : Math.Min((v + (Scale / 2)) / Scale, height);
        return (u / Scale * height) + y;
    }

    private static int Fine(double pixels) => (int)((Scale * pixels) + 0.5);
}
