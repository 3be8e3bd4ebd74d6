using Poa.Data.Datasets;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// The results of a detector over a set. As in pycocotools the first detection decides what sizes mean: if it has a box, the area of every
/// detection is that of its box, also when masks are scored; otherwise areas and boxes come from the masks.
/// </summary>
public sealed class CocoDetections
{
    private readonly CocoDetection[] all;
    private readonly CocoBox[] boxes;
    private readonly double[] areas;

    /// <param name="annotations">The set.</param>
    /// <param name="detections">Detections in any order; among equal scores of an image and category the earlier one ranks first.</param>
    /// <param name="name">What messages call the results; a file's path.</param>
    /// <exception cref="DatasetException">A detection belongs to no image or category, has no finite score, lacks the box that the first one has, has neither box nor mask, or a mask of another size than its image.</exception>
    public CocoDetections(CocoAnnotations annotations, IEnumerable<CocoDetection> detections, string name = "detections")
    {
        ArgumentNullException.ThrowIfNull(annotations);
        (Annotations, Name) = (annotations, name);
        all = [.. detections];
        HaveBoxes = all is [{ Box: not null }, ..];
        (boxes, areas) = (new CocoBox[all.Length], new double[all.Length]);
        for (var i = 0; i < all.Length; i++)
        {
            (boxes[i], areas[i]) = Measure(i);
        }
    }

    /// <summary>The set the detections belong to.</summary>
    public CocoAnnotations Annotations { get; }

    /// <summary>What messages call the results.</summary>
    public string Name { get; }

    /// <summary>Whether boxes were given, so that areas come from them.</summary>
    public bool HaveBoxes { get; }

    /// <summary>Detections in the order given; one's number is its place plus 1.</summary>
    public IReadOnlyList<CocoDetection> All => all;

    internal ReadOnlySpan<CocoDetection> Items => all;

    /// <summary>Reads a results file (a JSON array) as a stream.</summary>
    /// <exception cref="DatasetException">The file is missing, no JSON, or holds something unusable; the message names file, detection and field and says what to do.</exception>
    public static CocoDetections Read(string path, CocoAnnotations annotations) => CocoDetectionFile.Read(path, annotations);

    /// <summary>Writes a results file that this and pycocotools read.</summary>
    /// <param name="path">Created or overwritten.</param>
    public void Write(string path) => CocoDetectionFile.Write(path, all);

    /// <summary>The same detections known by their masks alone, so that areas are counted in pixels: what mmdet does before it scores masks.</summary>
    /// <exception cref="DatasetException">A detection has no mask.</exception>
    public CocoDetections WithoutBoxes() => new(Annotations, all.Select(detection => detection with { Box = null }), Name);

    internal CocoBox BoxOf(int index) => boxes[index];

    internal double AreaOf(int index) => areas[index];

    internal RunLengthMask MaskOf(int index, CocoImage image) =>
        all[index].Segmentation?.ToMask(image.Height, image.Width) ?? RunLengthMask.FromBox(image.Height, image.Width, boxes[index]);

    private (CocoBox Box, double Area) Measure(int index)
    {
        ref readonly var detection = ref all[index];
        var image = Annotations.ImageIndex(detection.ImageId);
        if (image < 0)
        {
            throw Fault(index, "image_id", $"there is no image {detection.ImageId} in {Annotations.Name}", "Score the results against the set they were made from.");
        }

        if (Annotations.CategoryIndex(detection.CategoryId) < 0)
        {
            throw Fault(index, "category_id", $"there is no category {detection.CategoryId}; {Annotations.Name} has {CocoFault.Listed(Annotations.Categories)}", "Write the set's category ids, not the network's class numbers.");
        }

        if (!double.IsFinite(detection.Score))
        {
            throw Fault(index, "score", "it is not finite", "Leave the detection out.");
        }

        var (height, width) = (Annotations.Images[image].Height, Annotations.Images[image].Width);
        try
        {
            detection.Segmentation?.Check(height, width);
        }
        catch (FormatException error)
        {
            throw Fault(index, "segmentation", error.Message, "Paste the mask into an image of the set's size.");
        }

        if (HaveBoxes)
        {
            return detection.Box is { } box
                ? (box, box.Area)
                : throw Fault(index, "bbox", "it is missing, and the first detection has one", "Give every detection a box, or none.");
        }

        var mask = detection.Segmentation?.ToMask(height, width)
            ?? throw Fault(index, "segmentation", "there is no mask, and the first detection has no box", "Give every detection a box, or every one a mask.");
        return (detection.Box ?? mask.BoundingBox(), mask.Area);
    }

    private DatasetException Fault(int index, string field, string what, string remedy) =>
        CocoFault.Of(Name, $"detection {index + 1} (image {all[index].ImageId})", field, what, remedy);
}
