using Poa.Data.Imaging;
using Poa.Evaluation.Detection.Operators;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Data;

/// <summary>
/// A change of an image's geometry; image, masks and boxes change alike. Letters: G objects, H and W pixels.
/// </summary>
internal abstract record GeometryStep
{
    /// <returns>Another picture; the one given stays as it is.</returns>
    public abstract RgbImage Image(RgbImage image);

    /// <param name="masks_GHW">Bytes 0 and 1.</param>
    public abstract Tensor Masks(Tensor masks_GHW);

    /// <param name="boxes_G4">Left, top, right, bottom in pixels.</param>
    /// <param name="size">Of the image before the step.</param>
    public abstract Tensor Boxes(Tensor boxes_G4, PixelSize size);

    /// <param name="size">Of the image before the step.</param>
    public abstract PixelSize SizeAfter(PixelSize size);
}

/// <summary>Size of an image.</summary>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="Width">Columns, in pixels.</param>
internal readonly record struct PixelSize(int Height, int Width);

/// <summary>Mirrors left and right.</summary>
internal sealed record Mirror : GeometryStep
{
    public override RgbImage Image(RgbImage image)
    {
        var pixels = image.Pixels.ToArray();
        HorizontalFlip.Apply(pixels, image.Width);
        return new(image.Width, image.Height, pixels);
    }

    public override Tensor Masks(Tensor masks_GHW) => masks_GHW.flip(-1);

    public override Tensor Boxes(Tensor boxes_G4, PixelSize size)
    {
        using var scope = NewDisposeScope();
        var sides = boxes_G4.unbind(1);
        return stack([(-sides[2]).Plus(size.Width), sides[1], (-sides[0]).Plus(size.Width), sides[3]], 1).MoveToOuterDisposeScope();
    }

    public override PixelSize SizeAfter(PixelSize size) => size;
}

/// <summary>Resizes: the image bilinearly without antialiasing, masks to the nearest pixel; boxes are scaled and clipped.</summary>
internal sealed record Resize(PixelSize To) : GeometryStep
{
    public override RgbImage Image(RgbImage image)
    {
        var pixels = new byte[To.Width * To.Height * RgbImage.BytesPerPixel];
        BilinearResampler.Resize(image, To.Width, To.Height, new(0, 0, To.Width, To.Height), pixels);
        return new(To.Width, To.Height, pixels);
    }

    public override Tensor Masks(Tensor masks_GHW)
    {
        if (masks_GHW.shape[0] == 0)
        {
            return masks_GHW.new_zeros([0, To.Height, To.Width]);
        }

        using var scope = NewDisposeScope();
        return nn.functional.interpolate(masks_GHW.unsqueeze(0), [To.Height, To.Width], mode: InterpolationMode.Nearest).squeeze(0).MoveToOuterDisposeScope();
    }

    public override Tensor Boxes(Tensor boxes_G4, PixelSize size)
    {
        using var scope = NewDisposeScope();
        var (x, y) = ((float)To.Width / size.Width, (float)To.Height / size.Height);
        return DeltaBoxCoder.Clip(boxes_G4 * tensor(new[] { x, y, x, y }), To).MoveToOuterDisposeScope();
    }

    public override PixelSize SizeAfter(PixelSize size) => To;
}

/// <summary>Cuts a part out; boxes are moved and clipped, and may lose their area.</summary>
internal sealed record Crop(int Top, int Left, PixelSize Part) : GeometryStep
{
    public override RgbImage Image(RgbImage image)
    {
        var stride = Part.Width * RgbImage.BytesPerPixel;
        var pixels = new byte[Part.Height * stride];
        for (var row = 0; row < Part.Height; row++)
        {
            image.Pixels.Slice((((Top + row) * image.Width) + Left) * RgbImage.BytesPerPixel, stride).CopyTo(pixels.AsSpan(row * stride));
        }

        return new(Part.Width, Part.Height, pixels);
    }

    public override Tensor Masks(Tensor masks_GHW)
    {
        using var scope = NewDisposeScope();
        return masks_GHW.narrow(1, Top, Part.Height).narrow(2, Left, Part.Width).MoveToOuterDisposeScope();
    }

    public override Tensor Boxes(Tensor boxes_G4, PixelSize size)
    {
        using var scope = NewDisposeScope();
        return DeltaBoxCoder.Clip(boxes_G4 - tensor(new float[] { Left, Top, Left, Top }), Part).MoveToOuterDisposeScope();
    }

    public override PixelSize SizeAfter(PixelSize size) => Part;
}
