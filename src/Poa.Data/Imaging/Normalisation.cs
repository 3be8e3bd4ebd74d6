namespace Poa.Data.Imaging;

/// <summary>Turns 8-bit pixels into (v / 255 - mean) / deviation, per channel.</summary>
public sealed class Normalisation
{
    // 256 possible values per channel: a table does the same arithmetic once.
    private readonly float[] red;
    private readonly float[] green;
    private readonly float[] blue;

    /// <param name="mean">Three means on the scale [0, 1]: red, green, blue.</param>
    /// <param name="deviation">Three standard deviations on that scale, above 0.</param>
    public Normalisation(IReadOnlyList<double> mean, IReadOnlyList<double> deviation)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(deviation);
        if (mean.Count != 3 || deviation.Count != 3 || deviation.Any(d => !(d > 0)))
        {
            throw new ArgumentException("Normalisation takes three means and three deviations above 0.");
        }

        Mean = [.. mean];
        Deviation = [.. deviation];
        red = Table((float)mean[0], (float)deviation[0]);
        green = Table((float)mean[1], (float)deviation[1]);
        blue = Table((float)mean[2], (float)deviation[2]);
    }

    /// <summary>The statistics of ImageNet that the authors' code uses for every set.</summary>
    public static Normalisation ImageNet { get; } = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <summary>Red, green, blue means on the scale [0, 1].</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>Red, green, blue standard deviations on the scale [0, 1].</summary>
    public IReadOnlyList<double> Deviation { get; }

    /// <summary>Writes channel planes of floats.</summary>
    /// <param name="pixels">n pixels of four bytes, see <see cref="RgbImage"/>.</param>
    /// <param name="target">[3, n].</param>
    public void Apply(ReadOnlySpan<byte> pixels, Span<float> target)
    {
        var count = pixels.Length / RgbImage.BytesPerPixel;
        var reds = target[..count];
        var greens = target.Slice(count, count);
        var blues = target.Slice(2 * count, count);
        for (var i = 0; i < count; i++)
        {
            reds[i] = red[pixels[4 * i]];
            greens[i] = green[pixels[(4 * i) + 1]];
            blues[i] = blue[pixels[(4 * i) + 2]];
        }
    }

    private static float[] Table(float mean, float deviation) =>
        [.. Enumerable.Range(0, 256).Select(v => ((v / 255f) - mean) / deviation)];
}
