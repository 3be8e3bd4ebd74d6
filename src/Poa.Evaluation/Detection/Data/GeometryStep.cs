using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Data;

/// <summary>
/// A change of an image's geometry; image, masks and boxes change alike. Letters: C channels, G objects, H and W pixels.
/// </summary>
internal abstract record GeometryStep
{
    /// <param name="image_CHW">Values of 0 to 255.</param>
    public abstract Tensor Image(Tensor image_CHW);

    /// <param name="masks_GHW">Bytes 0 and 1.</param>
    public abstract Tensor Masks(Tensor masks_GHW);

    /// <param name="boxes_G4">Left, top, right, bottom in pixels.</param>
    /// <param name="size">Of the image before the step.</param>
    public abstract Tensor Boxes(Tensor boxes_G4, PixelSize size);

    /// <param name="size">Of the image before the step.</param>
    public abstract PixelSize SizeAfter(PixelSize size);

    protected static Tensor Clip(Tensor boxes_G4, PixelSize size)
    {
        using var scope = NewDisposeScope();
        var limits = tensor(new float[] { size.Width, size.Height, size.Width, size.Height });
        return minimum(boxes_G4.clamp_min(0), limits).MoveToOuterDisposeScope();
    }
}

/// <summary>Size of an image.</summary>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="Width">Columns, in pixels.</param>
internal readonly record struct PixelSize(int Height, int Width);

/// <summary>Mirrors left and right.</summary>
internal sealed record Mirror : GeometryStep
{
    public override Tensor Image(Tensor image_CHW) => image_CHW.flip(-1);

    public override Tensor Masks(Tensor masks_GHW) => masks_GHW.flip(-1);

    public override Tensor Boxes(Tensor boxes_G4, PixelSize size)
    {
        using var scope = NewDisposeScope();
        var sides = boxes_G4.unbind(1);
        return stack([(-sides[2]).add(size.Width), sides[1], (-sides[0]).add(size.Width), sides[3]], 1).MoveToOuterDisposeScope();
    }

    public override PixelSize SizeAfter(PixelSize size) => size;
}

/// <summary>Resizes: the image bilinearly without antialiasing (OpenCV's way) to whole values, masks to the nearest pixel; boxes are scaled and clipped.</summary>
internal sealed record Resize(PixelSize To) : GeometryStep
{
    public override Tensor Image(Tensor image_CHW)
    {
        using var scope = NewDisposeScope();
        var resized = nn.functional.interpolate(image_CHW.unsqueeze(0), [To.Height, To.Width], mode: InterpolationMode.Bilinear, align_corners: false);
        return resized.squeeze(0).round_().MoveToOuterDisposeScope();
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
        return Clip(boxes_G4 * tensor(new[] { x, y, x, y }), To).MoveToOuterDisposeScope();
    }

    public override PixelSize SizeAfter(PixelSize size) => To;
}

/// <summary>Cuts a part out; boxes are moved and clipped, and may lose their area.</summary>
internal sealed record Crop(int Top, int Left, PixelSize Part) : GeometryStep
{
    public override Tensor Image(Tensor image_CHW) => Cut(image_CHW);

    public override Tensor Masks(Tensor masks_GHW) => Cut(masks_GHW);

    public override Tensor Boxes(Tensor boxes_G4, PixelSize size)
    {
        using var scope = NewDisposeScope();
        return Clip(boxes_G4 - tensor(new float[] { Left, Top, Left, Top }), Part).MoveToOuterDisposeScope();
    }

    public override PixelSize SizeAfter(PixelSize size) => Part;

    private Tensor Cut(Tensor planes)
    {
        using var scope = NewDisposeScope();
        return planes.narrow(1, Top, Part.Height).narrow(2, Left, Part.Width).MoveToOuterDisposeScope();
    }
}
