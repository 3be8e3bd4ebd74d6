using System.Globalization;
using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Benchmarks;

/// <summary>Images of noise, kept in memory: their content does not matter to speed, and nothing is decoded.</summary>
internal sealed class SyntheticImages(int count, int size) : IImageDataset
{
    private readonly RgbImage[] images = [.. Enumerable.Range(0, count).Select(i => Noise(i, size))];

    public int Count => count;

    public IReadOnlyList<string> ClassNames { get; } = ["a", "b"];

    public string Name => string.Create(CultureInfo.InvariantCulture, $"synthetic {count} x {size} x {size}");

    public string Fingerprint => Name;

    public int? LabelOf(int index) => index % 2;

    public string DescribeItem(int index) => $"synthetic #{index}";

    public RgbImage Load(int index) => images[index];

    private static RgbImage Noise(int index, int size)
    {
        var random = Randomness.For(0, RandomPurpose.Testing, 0, index);
        var pixels = new byte[size * size * RgbImage.BytesPerPixel];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.NextInt32(256);
        }

        return new RgbImage(size, size, pixels);
    }
}
