using Poa.Data.Imaging;
using Poa.Data.Segmentation;
using Poa.Elastic;

namespace Poa.Evaluation.Tests.Segmentation;

/// <summary>Noisy scenes of two rectangles on a background; the class of a pixel is its colour. The last column is unlabelled.</summary>
internal sealed class ColouredScenes(string name, int count, long seed) : ISegmentationDataset
{
    private const int Width = 40;
    private const int Height = 32;

    public int Count => count;

    public int Classes => 3;

    public IReadOnlyList<string>? ClassNames { get; } = ["red", "green", "blue"];

    public string Name => name;

    public string Fingerprint => $"{name}-{count}-{seed}";

    public SegmentationSample Load(int index)
    {
        var random = Randomness.For(seed, RandomPurpose.Testing, 0, index);
        var labels = new byte[Width * Height];
        for (byte label = 1; label < Classes; label++)
        {
            var (left, top) = (random.NextInt32(Width - 20), random.NextInt32(Height - 14));
            var (right, bottom) = (left + 12 + random.NextInt32(8), top + 8 + random.NextInt32(6));
            for (var y = top; y < bottom; y++)
            {
                labels.AsSpan((y * Width) + left, right - left).Fill(label);
            }
        }

        var pixels = new byte[Width * Height * RgbImage.BytesPerPixel];
        for (var i = 0; i < labels.Length; i++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                pixels[(i * RgbImage.BytesPerPixel) + channel] = (byte)((channel == labels[i] ? 150 : 30) + random.NextInt32(80));
            }
        }

        for (var y = 0; y < Height; y++)
        {
            labels[(y * Width) + Width - 1] = LabelMap.Ignored;
        }

        return new(new RgbImage(Width, Height, pixels), new LabelMap(Width, Height, labels));
    }
}
