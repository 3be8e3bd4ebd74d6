namespace Poa.Data.Datasets;

/// <summary>Where the parts of a set with boxes and masks, or with label maps, lie.</summary>
/// <param name="Images">Folder of the images.</param>
/// <param name="Annotations">COCO: the instances file. ADE20K: the folder of label maps.</param>
public sealed record DenseLayout(string Images, string Annotations)
{
    /// <summary>
    /// The parts that a specification names, or those of its layout. COCO: <c>annotations/instances_{split}2017.json</c> with the folder
    /// <c>{split}2017</c>, or without the year. ADE20K: <c>images/{split}</c> and <c>annotations/{split}</c>.
    /// </summary>
    /// <param name="specification">Of the kind COCO or ADE20K.</param>
    public static DenseLayout Of(DataSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        var (images, annotations) = specification.Kind switch
        {
            DatasetKind.Coco => Coco(specification.Path, specification.Split!),
            DatasetKind.Ade20k => (Path.Combine("images", specification.Split!), Path.Combine("annotations", specification.Split!)),
            _ => throw new NotSupportedException($"{specification} has no annotations of its own; sets that have are coco: and ade20k:."),
        };
        // An absolute override stands for itself.
        return new(Under(specification.Path, specification.Images ?? images), Under(specification.Path, specification.Annotations ?? annotations));
    }

    /// <summary>Checks that both parts are there.</summary>
    /// <exception cref="DatasetException">One is not; the message names it and says how to give another.</exception>
    public DenseLayout Require(DataSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        if (!Directory.Exists(Images))
        {
            throw new DatasetException($"{specification}: there is no folder {Images} of images. Correct the folder{Override(specification, "images=FOLDER")}.");
        }

        var isThere = specification.Kind == DatasetKind.Coco ? File.Exists(Annotations) : Directory.Exists(Annotations);
        return isThere ? this : throw new DatasetException(
            $"{specification}: there is no {(specification.Kind == DatasetKind.Coco ? "instances file" : "folder of label maps")} {Annotations}. "
            + $"Correct the folder{Override(specification, "annotations=FILE")}.");
    }

    private static string Override(DataSpecification specification, string option) =>
        specification.Kind == DatasetKind.Coco ? $", or name another with &{option}" : "";

    private static (string Images, string Annotations) Coco(string folder, string split)
    {
        var dated = Path.Combine("annotations", $"instances_{split}2017.json");
        return File.Exists(Path.Combine(folder, dated)) ? ($"{split}2017", dated) : (split, Path.Combine("annotations", $"instances_{split}.json"));
    }

    private static string Under(string folder, string part) => Path.GetFullPath(Path.Combine(folder, part));
}
