using Poa.Elastic;

namespace Poa.Training.Masking;

/// <summary>
/// Draws block-wise patch masks as the authors' code does (BEiT's scheme, arXiv 2106.08254 algorithm 1): rectangles of random
/// area and aspect are laid over the grid until the wanted count is reached or ten attempts in a row add nothing. The count
/// is never exceeded and often not quite reached.
/// </summary>
public sealed class BlockMaskGenerator
{
    /// <summary>Least area of a rectangle, in patches, as it is drawn (what is still to be masked may allow less).</summary>
    public const int MinimumPatches = 4;

    /// <summary>Least height over width of a rectangle; the greatest is its inverse.</summary>
    public const double MinimumAspect = 0.3;

    private const int Attempts = 10;
    private readonly double maximumPatches;

    /// <param name="height">Rows of the grid, in patches.</param>
    /// <param name="width">Columns of the grid, in patches.</param>
    /// <param name="maximumPatches">Most patches that one rectangle may add; half of the grid in the authors' training.</param>
    public BlockMaskGenerator(int height, int width, double? maximumPatches = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Height = height;
        Width = width;
        this.maximumPatches = maximumPatches ?? (0.5 * height * width);
    }

    /// <summary>Rows of the grid.</summary>
    public int Height { get; }

    /// <summary>Columns of the grid.</summary>
    public int Width { get; }

    /// <summary>Draws one mask.</summary>
    /// <param name="target">Patches to mask; 0 draws nothing from the stream.</param>
    /// <param name="random">The stream to draw from.</param>
    /// <param name="mask">[Height * Width], row-major; cleared first.</param>
    /// <returns>How many patches are masked, at most <paramref name="target"/>.</returns>
    public int Draw(int target, RandomStream random, Span<bool> mask)
    {
        ArgumentNullException.ThrowIfNull(random);
        mask.Clear();
        var count = 0;
        while (count < target)
        {
            var added = AddRectangle(Math.Min(target - count, maximumPatches), random, mask);
            if (added == 0)
            {
                break;
            }

            count += added;
        }

        return count;
    }

    private int AddRectangle(double most, RandomStream random, Span<bool> mask)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = random.Uniform(MinimumPatches, most);
            var aspect = Math.Exp(random.Uniform(Math.Log(MinimumAspect), Math.Log(1 / MinimumAspect)));
            var h = (int)Math.Round(Math.Sqrt(area * aspect), MidpointRounding.ToEven);
            var w = (int)Math.Round(Math.Sqrt(area / aspect), MidpointRounding.ToEven);
            if (w >= Width || h >= Height)
            {
                continue;
            }

            var top = random.NextInt32(Height - h + 1);
            var left = random.NextInt32(Width - w + 1);
            var added = (h * w) - Count(mask, top, left, h, w);
            if (added > 0 && added <= most)
            {
                for (var y = top; y < top + h; y++)
                {
                    mask.Slice((y * Width) + left, w).Fill(true);
                }

                return added;
            }
        }

        return 0;
    }

    private int Count(Span<bool> mask, int top, int left, int h, int w)
    {
        var count = 0;
        for (var y = top; y < top + h; y++)
        {
            count += mask.Slice((y * Width) + left, w).Count(true);
        }

        return count;
    }
}
