using Poa.Evaluation.Detection.Coco;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Data;

/// <summary>The objects of an image of a batch. Letters: G objects, K crowds, H and W pixels of the padded batch.</summary>
/// <param name="Boxes_G4">Left, top, right, bottom in pixels.</param>
/// <param name="Labels_G">Classes, int64.</param>
/// <param name="Masks_GHW">Bytes 0 and 1; null where masks are not trained.</param>
/// <param name="Crowds_K4">Boxes of crowds.</param>
internal sealed record ImageTruth(Tensor Boxes_G4, Tensor Labels_G, Tensor? Masks_GHW, Tensor Crowds_K4)
{
    public IEnumerable<Tensor> Tensors => Masks_GHW is null ? [Boxes_G4, Labels_G, Crowds_K4] : [Boxes_G4, Labels_G, Masks_GHW, Crowds_K4];

    /// <summary>The objects of a stored image.</summary>
    /// <param name="objects">What the set says.</param>
    /// <param name="size">Of the stored image.</param>
    /// <param name="masks">Whether masks are wanted; every object must have one.</param>
    public static ImageTruth Of(ImageObjects objects, PixelSize size, bool masks) => new(
        Boxes([.. objects.Objects.Select(o => o.Box)]),
        tensor(objects.Objects.Select(o => (long)o.Label).ToArray(), [objects.Objects.Count]),
        masks ? MasksOf(objects, size) : null,
        Boxes(objects.Crowds));

    /// <summary>The objects after the image's changes; those without area left are dropped.</summary>
    /// <param name="steps">The changes in order.</param>
    /// <param name="size">Of the image before them.</param>
    public ImageTruth After(IReadOnlyList<GeometryStep> steps, PixelSize size)
    {
        var (boxes, masks, crowds) = (Boxes_G4, Masks_GHW, Crowds_K4);
        var labels = Labels_G;
        foreach (var step in steps)
        {
            (boxes, crowds) = (step.Boxes(boxes, size), step.Boxes(crowds, size));
            masks = masks is null ? null : step.Masks(masks);
            size = step.SizeAfter(size);
            if (step is Crop)
            {
                // The only step that can take an object out of the image.
                var left = HaveArea(boxes);
                (boxes, labels, masks) = (boxes.index_select(0, left), labels.index_select(0, left), masks?.index_select(0, left));
                crowds = crowds.index_select(0, HaveArea(crowds));
            }
        }

        return new(boxes, labels, masks, crowds);
    }

    /// <summary>Tensors of its own with masks of a padded image's size.</summary>
    public ImageTruth Padded(PixelSize to) => new(
        Boxes_G4.alias(),
        Labels_G.alias(),
        Masks_GHW is null ? null : nn.functional.pad(Masks_GHW, [0, to.Width - Masks_GHW.shape[2], 0, to.Height - Masks_GHW.shape[1]]),
        Crowds_K4.alias());

    public ImageTruth To(Device device) => new(Boxes_G4.to(device), Labels_G.to(device), Masks_GHW?.to(device), Crowds_K4.to(device));

    private static Tensor HaveArea(Tensor boxes_G4)
    {
        var sides_G2 = boxes_G4.narrow(1, 2, 2) - boxes_G4.narrow(1, 0, 2);
        return sides_G2.gt(Numbers.Zero).all(1).nonzero().squeeze(1);
    }

    private static Tensor Boxes(IReadOnlyList<CocoBox> boxes) => tensor(
        boxes.SelectMany(box => new[] { (float)box.X, (float)box.Y, (float)(box.X + box.Width), (float)(box.Y + box.Height) }).ToArray(),
        [boxes.Count, 4]);

    private static Tensor MasksOf(ImageObjects objects, PixelSize size)
    {
        var pixels = size.Height * size.Width;
        var all = zeros([objects.Objects.Count, size.Height, size.Width], ScalarType.Byte);
        for (var i = 0; i < objects.Objects.Count; i++)
        {
            objects.Objects[i].Segmentation!.ToMask(size.Height, size.Width).Decode(all[i].bytes[..pixels]);
        }

        return all;
    }
}
