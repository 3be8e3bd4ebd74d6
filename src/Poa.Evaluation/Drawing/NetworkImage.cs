using Poa.Data.Imaging;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Drawing;

/// <summary>A single image as a plain network takes it: whole patches, nothing cut off.</summary>
public static class NetworkImage
{
    /// <summary>About the most patches of an image; larger images are reduced, since the cost of attention grows with their square.</summary>
    public const int MaxPatches = 4096;

    /// <summary>
    /// Resizes an image to whole patches, keeping its aspect as nearly as that allows. Without a size wanted it keeps its own; the shorter side
    /// is at least that of the network's training images.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="network">The network.</param>
    /// <param name="shorterSide">Pixels wanted of the shorter side; null for the image's own.</param>
    public static RgbImage Resize(RgbImage image, PlainViTConfiguration network, int? shorterSide)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfLessThan(shorterSide ?? 1, 1, nameof(shorterSide));
        var shorter = Math.Min(image.Width, image.Height);
        var scale = (shorterSide ?? Math.Max(shorter, network.ImageSize)) / (double)shorter;
        var (columns, rows) = (image.Width * scale / network.PatchSize, image.Height * scale / network.PatchSize);
        var reduction = Math.Min(1, Math.Sqrt(MaxPatches / (columns * rows)));
        var (width, height) = (Whole(columns * reduction), Whole(rows * reduction));
        var pixels = new byte[width * height * RgbImage.BytesPerPixel];
        new BicubicResampler().Resize(image, new PixelBox(0, 0, image.Width, image.Height), width, height, pixels);
        return new RgbImage(width, height, pixels);

        // A very long image would have more patches than allowed along its one row.
        int Whole(double patches) => (int)Math.Clamp(Math.Floor(patches + (reduction < 1 ? 0 : 0.5)), 1, MaxPatches) * network.PatchSize;
    }

    /// <summary>An image of whole patches, normalised.</summary>
    /// <returns>[1, 3, H, W]</returns>
    public static Tensor ToTensor(RgbImage image, PlainViTConfiguration network)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(network);
        var values = new float[3 * image.Width * image.Height];
        new Normalisation(network.Preprocessing.Mean, network.Preprocessing.StandardDeviation).Apply(image.Pixels, values);
        return tensor(values, [1, 3, image.Height, image.Width]);
    }
}
