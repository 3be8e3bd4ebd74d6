using System.Security.Cryptography;
using System.Text;
using Poa.Data.Datasets;
using Poa.Data.Imaging;

namespace Poa.Data.Scenes;

/// <summary>The demo photographs: train images for training scenes, test images for validation scenes.</summary>
internal static class FashionCutouts
{
    // The photographs stand on black, with a few pixels of noise.
    private const byte Darkest = 12;

    public static CutoutLibrary Open()
    {
        var (train, test) = (DemoDataset.Open("train"), DemoDataset.Open("test"));
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(train.Fingerprint + test.Fingerprint)));
        return new(train.ClassNames!, ByCategory(train), ByCategory(test), IsGrey: true, fingerprint);
    }

    /// <summary>Opaque where the object is: all that darkness does not join to the border. So a dark pocket does not become a hole.</summary>
    internal static byte[] OpacityOf(RgbImage photograph)
    {
        var (width, height) = (photograph.Width, photograph.Height);
        var opacity = new byte[width * height];
        Array.Fill(opacity, byte.MaxValue);
        var open = new Stack<int>();
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                if (x == 0 || y == 0 || x == width - 1 || y == height - 1)
                {
                    Visit(x, y);
                }
            }
        }

        while (open.TryPop(out var at))
        {
            var (y, x) = Math.DivRem(at, width);
            Visit(x - 1, y);
            Visit(x + 1, y);
            Visit(x, y - 1);
            Visit(x, y + 1);
        }

        return opacity;

        void Visit(int x, int y)
        {
            var at = (y * width) + x;
            if (x >= 0 && y >= 0 && x < width && y < height && opacity[at] != 0 && photograph.Pixels[at * RgbImage.BytesPerPixel] < Darkest)
            {
                opacity[at] = 0;
                open.Push(at);
            }
        }
    }

    private static List<Cutout>[] ByCategory(IImageDataset photographs)
    {
        List<Cutout>[] categories = [.. photographs.ClassNames!.Select(_ => new List<Cutout>())];
        for (var i = 0; i < photographs.Count; i++)
        {
            var (photograph, category) = (photographs.Load(i), photographs.LabelOf(i)!.Value);
            if (Cutout.Of(category, photograph, OpacityOf(photograph)) is { } cutout)
            {
                categories[category].Add(cutout);
            }
        }

        return categories;
    }
}
