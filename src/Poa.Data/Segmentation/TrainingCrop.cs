using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Data.Segmentation;

/// <summary>
/// What the reference does to an image for training: resize by a random ratio, cut out a crop in which no class prevails, mirror, distort
/// colours, normalise, pad at the right and the bottom. Only the crop is ever computed.
/// </summary>
/// <param name="options">Valid settings.</param>
public sealed class TrainingCrop(SegmentationTransformOptions options)
{
    /// <summary>Transforms one image.</summary>
    /// <param name="sample">Image and labels.</param>
    /// <param name="random">Decides everything that is random.</param>
    /// <param name="workspace">Scratch memory of one thread.</param>
    /// <param name="pixels">[3, crop, crop]; padding is 0.</param>
    /// <param name="labels">[crop, crop]; padding is ignored.</param>
    public void Apply(SegmentationSample sample, RandomStream random, CropWorkspace workspace, Span<float> pixels, Span<byte> labels)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(workspace);
        var crop = options.CropSize;
        var ratio = random.Uniform(options.MinimumRatio, options.MaximumRatio);
        var (height, width) = KeepRatioSize.Of(
            sample.Image.Height, sample.Image.Width, (int)(options.LongSide * ratio), Math.Max((int)(options.ShortSide * ratio), 1));
        var window = Draw(random, width, height);
        Cut(sample.Labels, width, height, window, labels);
        for (var retry = 0; retry < options.CropRetries && options.MaximumClassShare < 1 && Prevails(labels); retry++)
        {
            window = Draw(random, width, height);
            Cut(sample.Labels, width, height, window, labels);
        }

        var colours = workspace.Pixels(window.Width * window.Height);
        BilinearResampler.Resize(sample.Image, width, height, window, colours);
        var isMirrored = random.NextBool(options.FlipProbability);
        options.Photometric?.Apply(colours, random);

        var planes = workspace.Planes(window.Width * window.Height);
        options.Normalisation.Apply(colours, planes);
        pixels.Clear();
        for (var channel = 0; channel < 3; channel++)
        {
            for (var y = 0; y < window.Height; y++)
            {
                var row = pixels.Slice((((channel * crop) + y) * crop), window.Width);
                planes.Slice(((channel * window.Height) + y) * window.Width, window.Width).CopyTo(row);
                if (isMirrored)
                {
                    row.Reverse();
                }
            }
        }

        for (var y = 0; isMirrored && y < window.Height; y++)
        {
            labels.Slice(y * crop, window.Width).Reverse();
        }
    }

    private PixelBox Draw(RandomStream random, int width, int height)
    {
        var y = random.NextInt32(Math.Max(height - options.CropSize, 0) + 1);
        var x = random.NextInt32(Math.Max(width - options.CropSize, 0) + 1);
        return new(x, y, Math.Min(options.CropSize, width), Math.Min(options.CropSize, height));
    }

    /// <summary>A window of the resized label map, nearest neighbour by truncation as OpenCV takes it.</summary>
    private void Cut(LabelMap map, int width, int height, PixelBox window, Span<byte> labels)
    {
        labels.Fill(LabelMap.Ignored);
        for (var y = 0; y < window.Height; y++)
        {
            var source = map.Labels.Slice((int)((long)(window.Y + y) * map.Height / height) * map.Width, map.Width);
            var target = labels.Slice(y * options.CropSize, window.Width);
            for (var x = 0; x < target.Length; x++)
            {
                target[x] = source[(int)((long)(window.X + x) * map.Width / width)];
            }
        }
    }

    /// <summary>Whether there is but one class, or one that fills too much.</summary>
    private bool Prevails(ReadOnlySpan<byte> labels)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var label in labels)
        {
            counts[label]++;
        }

        var (classes, largest, sum) = (0, 0, 0);
        foreach (var count in counts[..LabelMap.Ignored])
        {
            classes += count > 0 ? 1 : 0;
            largest = Math.Max(largest, count);
            sum += count;
        }

        return classes <= 1 || (double)largest / sum >= options.MaximumClassShare;
    }
}

/// <summary>Scratch memory of one thread that transforms images.</summary>
public sealed class CropWorkspace
{
    private byte[] pixels = [];
    private float[] planes = [];

    internal Span<byte> Pixels(int count)
    {
        if (pixels.Length < count * RgbImage.BytesPerPixel)
        {
            pixels = new byte[count * RgbImage.BytesPerPixel];
        }

        return pixels.AsSpan(0, count * RgbImage.BytesPerPixel);
    }

    internal Span<float> Planes(int count)
    {
        if (planes.Length < 3 * count)
        {
            planes = new float[3 * count];
        }

        return planes.AsSpan(0, 3 * count);
    }
}
