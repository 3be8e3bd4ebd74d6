using Poa.Data.Datasets;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>Reads instances files.</summary>
internal sealed class CocoAnnotationFile(string path)
{
    private const string Form = "An instances file is an object with the lists 'images', 'annotations' and 'categories'.";

    private static readonly string[] ImageFields = ["id", "width", "height", "file_name"];
    private static readonly string[] CategoryFields = ["id", "name"];
    private static readonly string[] AnnotationFields = ["id", "image_id", "category_id", "bbox", "area", "iscrowd", "segmentation"];

    private readonly List<CocoImage> images = [];
    private readonly List<CocoCategory> categories = [];
    private readonly List<CocoAnnotation> annotations = [];

    public static CocoAnnotations Read(string path)
    {
        var file = new CocoAnnotationFile(path);
        JsonRecordFile.ReadObject(path, Form, new(StringComparer.Ordinal)
        {
            ["images"] = file.Image,
            ["annotations"] = file.Annotation,
            ["categories"] = file.Category,
        });
        return new(path, file.images, file.categories, file.annotations);
    }

    private void Image(ref JsonRecord record, int number)
    {
        try
        {
            (long? id, int? width, int? height, string? name) = (null, null, null, null);
            while (record.Next(ImageFields))
            {
                switch (record.Field)
                {
                    case "id": id = record.Integer(); break;
                    case "width": width = record.Integer(1); break;
                    case "height": height = record.Integer(1); break;
                    default: name = record.IsNull ? null : record.Text(); break;
                }
            }

            var size = (Height: height ?? throw Missing(ref record, "image", number, "height"), Width: width ?? throw Missing(ref record, "image", number, "width"));
            if ((long)size.Height * size.Width > int.MaxValue)
            {
                throw CocoFault.Of(path, Name(ref record, "image", number), "height", $"the image has {size.Height} x {size.Width} pixels, more than 2^31", "Correct width and height.");
            }

            images.Add(new(id ?? throw Missing(ref record, "image", number, "id"), size.Width, size.Height, name));
        }
        catch (FormatException error)
        {
            throw Bad(ref record, "image", number, error);
        }
    }

    private void Category(ref JsonRecord record, int number)
    {
        try
        {
            (long? id, string? name) = (null, null);
            while (record.Next(CategoryFields))
            {
                switch (record.Field)
                {
                    case "id": id = record.Integer(); break;
                    default: name = record.Text(); break;
                }
            }

            categories.Add(new(id ?? throw Missing(ref record, "category", number, "id"), name ?? throw Missing(ref record, "category", number, "name")));
        }
        catch (FormatException error)
        {
            throw Bad(ref record, "category", number, error);
        }
    }

    private void Annotation(ref JsonRecord record, int number)
    {
        try
        {
            (long? id, long? image, long? category, CocoBox? box, double? area, var crowd, CocoSegmentation? segmentation) = (null, null, null, null, null, false, null);
            while (record.Next(AnnotationFields))
            {
                switch (record.Field)
                {
                    case "id": id = record.Integer(); break;
                    case "image_id": image = record.Integer(); break;
                    case "category_id": category = record.Integer(); break;
                    case "bbox": box = ObjectBox(ref record); break;
                    case "area": area = record.Number(); break;
                    case "iscrowd": crowd = record.Flag(); break;
                    default: segmentation = SegmentationReader.Read(ref record); break;
                }
            }

            annotations.Add(new(
                id ?? throw Missing(ref record, "annotation", number, "id"),
                image ?? throw Missing(ref record, "annotation", number, "image_id"),
                category ?? throw Missing(ref record, "annotation", number, "category_id"),
                box ?? throw Missing(ref record, "annotation", number, "bbox"),
                area ?? throw Missing(ref record, "annotation", number, "area"),
                crowd,
                segmentation));
        }
        catch (FormatException error)
        {
            throw Bad(ref record, "annotation", number, error);
        }
    }

    private static CocoBox ObjectBox(ref JsonRecord record) => record.Box() is { Width: >= 0, Height: >= 0 } box
        ? box
        : throw new FormatException("the box has a negative width or height");

    private DatasetException Missing(ref JsonRecord record, string kind, int number, string field) =>
        CocoFault.Of(path, Name(ref record, kind, number), field, "it is missing", "COCO's format needs it: add it.");

    private DatasetException Bad(ref JsonRecord record, string kind, int number, FormatException error) =>
        CocoFault.Of(path, Name(ref record, kind, number), record.Field, error.Message, $"Correct or remove the {kind}.");

    private static string Name(ref JsonRecord record, string kind, int number) =>
        record.Find("id") is { } id ? $"{kind} {id}" : $"{kind} without id (number {number} of the file)";
}
