using System.Collections.Frozen;
using Poa.Data.Datasets;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>The images, objects and categories of a COCO instances file, checked against each other.</summary>
public sealed class CocoAnnotations
{
    private readonly FrozenDictionary<long, int> imageIndices;
    private readonly FrozenDictionary<long, int> categoryIndices;

    /// <param name="name">What messages call the set; a file's path.</param>
    /// <param name="images">Images in any order; some may have no objects.</param>
    /// <param name="categories">Categories in any order.</param>
    /// <param name="annotations">Objects; within an image their order decides between equal matches.</param>
    /// <exception cref="DatasetException">An id comes twice, an object belongs to no image or category, or its mask has another size than its image.</exception>
    public CocoAnnotations(string name, IEnumerable<CocoImage> images, IEnumerable<CocoCategory> categories, IReadOnlyList<CocoAnnotation> annotations)
    {
        (Name, Annotations) = (name, annotations);
        Images = [.. images.OrderBy(image => image.Id)];
        Categories = [.. categories.OrderBy(category => category.Id)];
        imageIndices = Index(Images.Select(image => image.Id), "image");
        categoryIndices = Index(Categories.Select(category => category.Id), "category");
        var seen = new HashSet<long>(annotations.Count);
        foreach (var annotation in annotations)
        {
            if (!seen.Add(annotation.Id))
            {
                throw Fault($"annotation {annotation.Id}", "id", "two annotations have this id", "Number the annotations anew.");
            }

            CheckReferences($"annotation {annotation.Id}", annotation.ImageId, annotation.CategoryId);
            CheckSize($"annotation {annotation.Id}", annotation.ImageId, annotation.Segmentation);
        }
    }

    /// <summary>What messages call the set.</summary>
    public string Name { get; }

    /// <summary>Images by rising id.</summary>
    public IReadOnlyList<CocoImage> Images { get; }

    /// <summary>Categories by rising id.</summary>
    public IReadOnlyList<CocoCategory> Categories { get; }

    /// <summary>Objects in the order of the file.</summary>
    public IReadOnlyList<CocoAnnotation> Annotations { get; }

    /// <summary>Reads an instances file as a stream; only its objects stay in memory.</summary>
    /// <param name="path">JSON with <c>images</c>, <c>annotations</c> and <c>categories</c>.</param>
    /// <exception cref="DatasetException">The file is missing, no JSON, or holds something unusable; the message names file, id and field and says what to do.</exception>
    public static CocoAnnotations Read(string path) => CocoAnnotationFile.Read(path);

    /// <summary>Place of an image in <see cref="Images"/>; -1 if the set has none of that id.</summary>
    public int ImageIndex(long id) => imageIndices.GetValueOrDefault(id, -1);

    /// <summary>Place of a category in <see cref="Categories"/>; -1 if the set has none of that id.</summary>
    public int CategoryIndex(long id) => categoryIndices.GetValueOrDefault(id, -1);

    internal DatasetException Fault(string record, string field, string what, string remedy) => CocoFault.Of(Name, record, field, what, remedy);

    private void CheckReferences(string record, long image, long category)
    {
        if (ImageIndex(image) < 0)
        {
            throw Fault(record, "image_id", $"there is no image {image} among the {Images.Count} of the set", "Add the image or remove the annotation.");
        }

        if (CategoryIndex(category) < 0)
        {
            throw Fault(record, "category_id", $"there is no category {category}; the set has {CocoFault.Listed(Categories)}", "Add the category or correct the annotation.");
        }
    }

    private void CheckSize(string record, long image, CocoSegmentation? segmentation)
    {
        var (height, width) = (Images[ImageIndex(image)].Height, Images[ImageIndex(image)].Width);
        try
        {
            segmentation?.Check(height, width);
        }
        catch (FormatException error)
        {
            throw Fault(record, "segmentation", error.Message, "Give the mask in the image's size.");
        }
    }

    private FrozenDictionary<long, int> Index(IEnumerable<long> sortedIds, string kind)
    {
        var indices = new Dictionary<long, int>();
        foreach (var id in sortedIds)
        {
            if (!indices.TryAdd(id, indices.Count))
            {
                throw Fault($"{kind} {id}", "id", $"two entries have this {kind} id", "Keep one of them.");
            }
        }

        return indices.ToFrozenDictionary();
    }
}
