using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Poa.Evaluation.Detection.Coco;

namespace Poa.Evaluation.Detection.Data;

/// <summary>Images in a folder with the objects of a COCO instances file. Classes are the places of the categories by rising id, without gaps.</summary>
public sealed class CocoDetectionDataset
{
    private readonly CocoImageFiles files;
    private readonly List<int>[] annotationsOf;

    private CocoDetectionDataset(CocoAnnotations annotations, CocoImageFiles files)
    {
        (Annotations, this.files) = (annotations, files);
        ClassNames = [.. annotations.Categories.Select(category => category.Name)];
        annotationsOf = [.. annotations.Images.Select(_ => new List<int>())];
        foreach (var (place, annotation) in annotations.Annotations.Index())
        {
            annotationsOf[annotations.ImageIndex(annotation.ImageId)].Add(place);
        }
    }

    /// <summary>Images, categories and objects as the file holds them.</summary>
    public CocoAnnotations Annotations { get; }

    /// <summary>Images in the set, by rising id.</summary>
    public int Count => annotationsOf.Length;

    /// <summary>Names of the classes in label order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>What messages and protocols call the set: the path of its instances file.</summary>
    public string Name => Annotations.Name;

    /// <summary>SHA-256 (lower-case hex) over the bytes of the instances file and the names and sizes of its images.</summary>
    public string Fingerprint => files.Fingerprint;

    /// <summary>Opens a set; every image must be there.</summary>
    /// <param name="imageFolder">Where the files lie that the images' <c>file_name</c> names.</param>
    /// <param name="instancesFile">COCO's JSON with images, annotations and categories.</param>
    /// <exception cref="DatasetException">The instances file is unusable (see <see cref="CocoAnnotations.Read"/>), has no image or category, or an image's file is not named or not there.</exception>
    public static CocoDetectionDataset Open(string imageFolder, string instancesFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(imageFolder);
        var annotations = CocoAnnotations.Read(instancesFile);
        return annotations.Images.Count > 0 && annotations.Categories.Count > 0
            ? new(annotations, CocoImageFiles.Of(imageFolder, annotations))
            : throw new DatasetException($"{instancesFile}: there are {annotations.Images.Count} images and {annotations.Categories.Count} categories; a detector needs at least one of each.");
    }

    /// <summary>Decodes an image.</summary>
    /// <param name="image">Its place, in [0, <see cref="Count"/>).</param>
    /// <exception cref="UnreadableImageException">The file is damaged.</exception>
    /// <exception cref="DatasetException">It has another size than the instances file says.</exception>
    public RgbImage Load(int image)
    {
        var pixels = ImageDecoder.DecodeFile(files.PathOf(image));
        var entry = Annotations.Images[image];
        return pixels.Width == entry.Width && pixels.Height == entry.Height
            ? pixels
            : throw Annotations.Fault(
                $"image {entry.Id}",
                pixels.Width == entry.Width ? "height" : "width",
                $"the set says {entry.Width} x {entry.Height} pixels (width x height), the file {files.PathOf(image)} has {pixels.Width} x {pixels.Height}",
                "Give the set's own images, or correct the size.");
    }

    /// <summary>
    /// The objects of an image that training uses, by mmdet's rules: those with a side below 1 pixel, without area, or wholly outside the image
    /// are left out; crowds go to a list of their own.
    /// </summary>
    /// <param name="image">Its place, in [0, <see cref="Count"/>).</param>
    public ImageObjects ObjectsOf(int image)
    {
        var (objects, crowds) = (new List<DetectionObject>(), new List<CocoBox>());
        foreach (var place in annotationsOf[image])
        {
            var annotation = Annotations.Annotations[place];
            if (!IsUsable(annotation, Annotations.Images[image]))
            {
                continue;
            }

            if (annotation.IsCrowd)
            {
                crowds.Add(annotation.Box);
            }
            else
            {
                objects.Add(new(annotation.Id, annotation.Box, Annotations.CategoryIndex(annotation.CategoryId), annotation.Segmentation));
            }
        }

        return new(objects, crowds);
    }

    /// <summary>
    /// The images that training visits, by mmdet's rule: those with an annotation (a crowd is one, too), and no side shorter than
    /// <paramref name="minSide"/>.
    /// </summary>
    /// <param name="minSide">Pixels; 32 in mmdet.</param>
    /// <exception cref="DatasetException">No image is left.</exception>
    public IReadOnlyList<int> TrainingImages(int minSide = 32)
    {
        int[] kept =
        [
            .. Enumerable.Range(0, Count).Where(image =>
                annotationsOf[image].Count > 0 && Math.Min(Annotations.Images[image].Width, Annotations.Images[image].Height) >= minSide),
        ];
        return kept.Length > 0
            ? kept
            : throw new DatasetException($"{Name}: none of the {Count} images has an annotation and sides of at least {minSide} pixels; nothing is left to train on. Check the file, or lower the least side.");
    }

    /// <exception cref="DatasetException">An object that training would use has no mask; the first one is named.</exception>
    internal void RequireMasks()
    {
        for (var image = 0; image < Count; image++)
        {
            if (ObjectsOf(image).Objects.FirstOrDefault(o => o.Segmentation is null) is { } bare)
            {
                throw Annotations.Fault($"annotation {bare.Id}", "segmentation", "it is missing or empty", "Mask heads train on sets where every object has a mask: add it, or switch masks off.");
            }
        }
    }

    /// <exception cref="DatasetException">An annotation, crowd or not, has no mask; the first one is named.</exception>
    internal void RequireMasksToScore()
    {
        if (Annotations.Annotations.FirstOrDefault(annotation => annotation.Segmentation is null) is { } bare)
        {
            throw Annotations.Fault($"annotation {bare.Id}", "segmentation", "it is missing or empty", "Masks can only be scored where every object has one: add it, or switch masks off.");
        }
    }

    private static bool IsUsable(CocoAnnotation annotation, CocoImage image)
    {
        var box = annotation.Box;
        return box.Width >= 1 && box.Height >= 1 && annotation.Area > 0
            && Math.Min(box.X + box.Width, image.Width) > Math.Max(box.X, 0)
            && Math.Min(box.Y + box.Height, image.Height) > Math.Max(box.Y, 0);
    }
}
