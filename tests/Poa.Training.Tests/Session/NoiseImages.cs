using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Training.Tests.Session;

/// <summary>Images of coloured noise, a function of their index.</summary>
internal sealed class NoiseImages(int count, int size = 20) : IImageDataset
{
    public int Count => count;

    public IReadOnlyList<string>? ClassNames => null;

    public string Name => "noise";

    public string Fingerprint => $"noise-{count}-{size}";

    /// <summary>An index whose image cannot be read.</summary>
    public int? Damaged { get; init; }

    public int? LabelOf(int index) => null;

    public string DescribeItem(int index) => $"noise #{index}";

    public RgbImage Load(int index)
    {
        if (index == Damaged)
        {
            throw new UnreadableImageException(DescribeItem(index), "it is damaged");
        }

        var random = Randomness.For(1, RandomPurpose.Testing, 0, index);
        var pixels = new byte[RgbImage.BytesPerPixel * size * size];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.NextInt32(256);
        }

        return new RgbImage(size, size, pixels);
    }
}
