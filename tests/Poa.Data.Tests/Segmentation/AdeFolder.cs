using Poa.Data.Segmentation;
using SkiaSharp;

namespace Poa.Data.Tests.Segmentation;

/// <summary>A set in ADE20K's layout in a temporary folder.</summary>
internal sealed class AdeFolder : IDisposable
{
    public AdeFolder()
    {
        foreach (var split in (string[])[AdeDataset.Training, AdeDataset.Validation])
        {
            Directory.CreateDirectory(Path.Combine(Root, "images", split));
            Directory.CreateDirectory(Path.Combine(Root, "annotations", split));
        }
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("poa-ade-").FullName;

    public string Image(string name) => Path.Combine(Root, "images", AdeDataset.Training, name + ".png");

    public string Annotation(string name) => Path.Combine(Root, "annotations", AdeDataset.Training, name + ".png");

    /// <summary>Adds an image whose pixels are its position, with the given label everywhere but in the first pixel, which is unlabelled.</summary>
    public void Add(string name, int width, int height, byte label)
    {
        WriteImage(Image(name), width, height);
        var labels = Enumerable.Repeat(label, width * height).ToArray();
        labels[0] = 0;
        WriteLabels(Annotation(name), width, height, labels);
    }

    public static void WriteImage(string path, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, new SKColor((byte)x, (byte)y, 7));
            }
        }

        Write(path, bitmap);
    }

    public static void WriteLabels(string path, int width, int height, byte[] labels)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        labels.CopyTo(bitmap.GetPixelSpan());
        Write(path, bitmap);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void Write(string path, SKBitmap bitmap)
    {
        using var file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }
}
