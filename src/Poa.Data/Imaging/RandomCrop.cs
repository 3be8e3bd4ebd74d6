using Poa.Elastic;

namespace Poa.Data.Imaging;

/// <summary>
/// A random part of an image by area and aspect ratio, as the "random resized crop" of the authors' image library draws it: up to
/// <see cref="Attempts"/> tries, then the largest centred part whose aspect ratio is allowed.
/// </summary>
/// <param name="Scale">Range of the part's area as a fraction of the image's.</param>
/// <param name="AspectRatio">Range of width over height, drawn uniformly in its logarithm.</param>
public readonly record struct RandomCrop(Interval Scale, Interval AspectRatio)
{
    /// <summary>Attempts to place a part of the drawn area and aspect before the centre is taken.</summary>
    public const int Attempts = 10;

    /// <summary>Draws a part of an image.</summary>
    /// <param name="random">The draw's own stream.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="height">Rows of the image.</param>
    public PixelBox Draw(RandomStream random, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(random);
        var area = (double)width * height;
        var (least, greatest) = (Math.Log(AspectRatio.Min), Math.Log(AspectRatio.Max));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var target = area * random.Uniform(Scale.Min, Scale.Max);
            var aspect = Math.Exp(random.Uniform(least, greatest));
            var w = RoundToEven(Math.Sqrt(target * aspect));
            var h = RoundToEven(Math.Sqrt(target / aspect));
            if (w > 0 && h > 0 && w <= width && h <= height)
            {
                var top = random.NextInt32(height - h + 1);
                var left = random.NextInt32(width - w + 1);
                return new PixelBox(left, top, w, h);
            }
        }

        return CentreCrop(width, height);
    }

    private PixelBox CentreCrop(int width, int height)
    {
        var (w, h) = (width, height);
        var aspect = (double)width / height;
        if (aspect < AspectRatio.Min)
        {
            h = Math.Clamp(RoundToEven(width / AspectRatio.Min), 1, height);
        }
        else if (aspect > AspectRatio.Max)
        {
            w = Math.Clamp(RoundToEven(height * AspectRatio.Max), 1, width);
        }

        return new PixelBox((width - w) / 2, (height - h) / 2, w, h);
    }

    private static int RoundToEven(double value) => (int)Math.Round(value, MidpointRounding.ToEven);
}
