using System.Runtime.InteropServices;
using Poa.Data.Imaging;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Data;

/// <summary>Pixels of an image as a network takes them.</summary>
internal static class DetectionInput
{
    /// <summary>Normalises a picture and adds zeros on the right and at the foot: [3, H, W], red, green, blue.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="normalisation">On the scale [0, 1].</param>
    /// <param name="to">Size with the padding.</param>
    public static Tensor NormalisedAndPadded(RgbImage image, Normalisation normalisation, PixelSize to)
    {
        using var scope = NewDisposeScope();
        var normed = empty([3, image.Height, image.Width]);
        normalisation.Apply(image.Pixels, MemoryMarshal.Cast<byte, float>(normed.bytes));
        return nn.functional.pad(normed, [0, to.Width - image.Width, 0, to.Height - image.Height]).MoveToOuterDisposeScope();
    }

    /// <summary>The next size up that a divisor fits into.</summary>
    public static PixelSize Padded(PixelSize size, int divisor) => new(KeepRatioSize.PaddedTo(size.Height, divisor), KeepRatioSize.PaddedTo(size.Width, divisor));
}
