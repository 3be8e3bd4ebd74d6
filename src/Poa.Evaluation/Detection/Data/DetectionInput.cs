using Poa.Data.Imaging;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Data;

/// <summary>Pixels of an image as a network takes them.</summary>
internal static class DetectionInput
{
    /// <summary>A decoded picture as values of 0 to 255: [3, H, W], red, green, blue.</summary>
    public static Tensor Planes(RgbImage image)
    {
        using var scope = NewDisposeScope();
        var bytes_HW4 = empty([image.Height, image.Width, RgbImage.BytesPerPixel], ScalarType.Byte);
        image.Pixels.CopyTo(bytes_HW4.bytes);
        return bytes_HW4.narrow(2, 0, 3).permute(2, 0, 1).to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Normalises an image and adds zeros on the right and at the foot.</summary>
    /// <param name="image_CHW">Values of 0 to 255.</param>
    /// <param name="normalisation">On the scale [0, 1].</param>
    /// <param name="to">Size with the padding.</param>
    public static Tensor NormalisedAndPadded(Tensor image_CHW, Normalisation normalisation, PixelSize to)
    {
        using var scope = NewDisposeScope();
        var mean = tensor(normalisation.Mean.Select(value => (float)(255 * value)).ToArray(), [3, 1, 1]);
        var deviation = tensor(normalisation.Deviation.Select(value => (float)(255 * value)).ToArray(), [3, 1, 1]);
        var normed = (image_CHW - mean).div_(deviation);
        return nn.functional.pad(normed, [0, to.Width - image_CHW.shape[2], 0, to.Height - image_CHW.shape[1]]).MoveToOuterDisposeScope();
    }

    /// <summary>The next size up that a divisor fits into.</summary>
    public static PixelSize Padded(PixelSize size, int divisor) => new(RoundUp(size.Height, divisor), RoundUp(size.Width, divisor));

    private static int RoundUp(int value, int divisor) => (value + divisor - 1) / divisor * divisor;
}
