using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Evaluation.Tests;

/// <summary>Small noisy images whose class is their colour; items named in <paramref name="damaged"/> cannot be read.</summary>
internal sealed class ColouredImages(string name, int count, IReadOnlyList<string>? classes, long seed, params int[] damaged) : IImageDataset
{
    private int loads;

    /// <summary>How often an image has been decoded.</summary>
    public int Loads => loads;

    public int Count => count;

    public IReadOnlyList<string>? ClassNames => classes;

    public string Name => name;

    public string Fingerprint => $"{name}-{count}-{seed}";

    public int? LabelOf(int index) => classes is null ? null : index % classes.Count;

    public string DescribeItem(int index) => $"{name} #{index}";

    public RgbImage Load(int index)
    {
        Interlocked.Increment(ref loads);
        if (damaged.Contains(index))
        {
            throw new UnreadableImageException(DescribeItem(index), "it is damaged for the test");
        }

        var random = Randomness.For(seed, RandomPurpose.Testing, 0, index);
        var pixels = new byte[20 * 16 * RgbImage.BytesPerPixel];
        for (var i = 0; i < pixels.Length; i++)
        {
            var isOwnChannel = i % RgbImage.BytesPerPixel == (LabelOf(index) ?? 0) % 3;
            pixels[i] = (byte)((isOwnChannel ? 100 : 40) + random.NextInt32(120));
        }

        return new RgbImage(20, 16, pixels);
    }
}
