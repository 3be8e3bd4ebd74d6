namespace Poa.Data.Datasets;

/// <summary>Kinds of dataset that a specification can name.</summary>
public enum DatasetKind
{
    /// <summary>The Fashion-MNIST subset that comes with the software.</summary>
    Demo,

    /// <summary>A folder of images, with one sub-folder per class or with none.</summary>
    Folder,

    /// <summary>ImageNet's layout: train and val folders with one sub-folder per class.</summary>
    ImageNet,

    /// <summary>The four idx files of Fashion-MNIST or MNIST.</summary>
    FashionMnist,

    /// <summary>Images with the boxes and masks of a COCO instances file; see <see cref="DenseLayout"/>.</summary>
    Coco,

    /// <summary>Images with label maps in ADE20K's layout; see <see cref="DenseLayout"/>.</summary>
    Ade20k,
}

/// <summary>
/// Which images to use, as a user writes it: <c>demo?split=train</c>, <c>/path</c> or <c>folder:/path</c>,
/// <c>imagenet:/path?split=val</c>, <c>fashion-mnist:/path?split=test</c>, <c>coco:/path?split=train</c>,
/// <c>ade20k:/path?split=training</c>. Parsing touches no file; <see cref="Open"/> does.
/// </summary>
/// <param name="Kind">Which kind of set.</param>
/// <param name="Path">The set's folder; empty for the demo set.</param>
/// <param name="Split">train, val, test, training or validation as the kind offers; null for a plain folder.</param>
public sealed record DataSpecification(DatasetKind Kind, string Path, string? Split)
{
    private const string DefaultFashionMnist = "/usr/share/datasets/fashion-mnist";

    private const string Forms =
        "Accepted forms: demo?split=train|test; FOLDER or folder:FOLDER (one sub-folder per class, or images without classes); "
        + "imagenet:FOLDER?split=train|val; fashion-mnist:FOLDER?split=train|test; "
        + "coco:FOLDER?split=train|val, also with &images=FOLDER and &annotations=FILE; ade20k:FOLDER?split=training|validation.";

    /// <summary>COCO: another folder of images than the layout's, relative to <see cref="Path"/> or absolute; null for the layout's.</summary>
    public string? Images { get; init; }

    /// <summary>COCO: another instances file; as <see cref="Images"/>.</summary>
    public string? Annotations { get; init; }

    /// <summary>Parses a specification. A split that is not given is train.</summary>
    /// <exception cref="DatasetException">The text has none of the accepted forms; the message lists them.</exception>
    public static DataSpecification Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new DatasetException($"The data specification is empty. {Forms}");
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new DatasetException($"The data specification contains the character NUL, which no path has. {Forms}");
        }

        // A plain path may contain any character, so it is recognised before anything is split off.
        if (text[0] is '/' or '.' or '~')
        {
            return new DataSpecification(DatasetKind.Folder, ExpandHome(text), null);
        }

        if (text.StartsWith("folder:", StringComparison.Ordinal))
        {
            var path = text["folder:".Length..];
            return path.Length > 0
                ? new DataSpecification(DatasetKind.Folder, ExpandHome(path), null)
                : throw Fault(text, "names no folder");
        }

        var (head, query) = Cut(text, '?');
        var (scheme, rest) = Cut(head, ':');
        return scheme switch
        {
            "demo" when rest is null => new DataSpecification(DatasetKind.Demo, string.Empty, ParseSplit(text, query, "train", "test")),
            "imagenet" when !string.IsNullOrEmpty(rest) => new DataSpecification(DatasetKind.ImageNet, ExpandHome(rest), ParseSplit(text, query, "train", "val")),
            "fashion-mnist" => new DataSpecification(DatasetKind.FashionMnist, string.IsNullOrEmpty(rest) ? DefaultFashionMnist : ExpandHome(rest), ParseSplit(text, query, "train", "test")),
            "coco" when !string.IsNullOrEmpty(rest) => ParseCoco(text, rest, query),
            "ade20k" when !string.IsNullOrEmpty(rest) => new DataSpecification(DatasetKind.Ade20k, ExpandHome(rest), ParseSplit(text, query, "training", "validation")),
            "imagenet" or "coco" or "ade20k" => throw Fault(text, "names no folder"),
            _ => throw Fault(text, $"has none of the known forms (a relative folder is written ./{text})"),
        };
    }

    /// <summary>Lists the set's files, or reads them where it is an array file. Sets with boxes, masks or label maps are opened as images without labels.</summary>
    /// <exception cref="DatasetException">The folder or a file is missing, empty or damaged; the message names it.</exception>
    public IImageDataset Open() => Kind switch
    {
        DatasetKind.Demo => DemoDataset.Open(Split!),
        DatasetKind.Folder => ImageFolderDataset.Open(Path),
        DatasetKind.ImageNet => ImageFolderDataset.OpenImageNet(Path, Split!),
        DatasetKind.FashionMnist => IdxDataset.OpenFashionMnist(Path, Split!),
        DatasetKind.Coco or DatasetKind.Ade20k => ImageFolderDataset.OpenDense(this),
        _ => throw new NotSupportedException($"Dataset kind {Kind} is not supported."),
    };

    /// <summary>The canonical text; parsing it gives an equal value.</summary>
    public override string ToString() => Kind switch
    {
        DatasetKind.Demo => $"demo?split={Split}",
        DatasetKind.Folder => $"folder:{Path}",
        DatasetKind.ImageNet => $"imagenet:{Path}?split={Split}",
        DatasetKind.FashionMnist => $"fashion-mnist:{Path}?split={Split}",
        DatasetKind.Ade20k => $"ade20k:{Path}?split={Split}",
        _ => $"coco:{Path}?split={Split}" + (Images is null ? "" : $"&images={Images}") + (Annotations is null ? "" : $"&annotations={Annotations}"),
    };

    private static DataSpecification ParseCoco(string text, string path, string? query)
    {
        var specification = new DataSpecification(DatasetKind.Coco, ExpandHome(path), "train");
        foreach (var part in query?.Split('&') ?? [])
        {
            var (key, value) = Cut(part, '=');
            specification = key switch
            {
                "split" when value is "train" or "val" => specification with { Split = value },
                "images" when !string.IsNullOrEmpty(value) => specification with { Images = ExpandHome(value) },
                "annotations" when !string.IsNullOrEmpty(value) => specification with { Annotations = ExpandHome(value) },
                _ => throw Fault(text, $"has '{part}', where only split=train|val, images=FOLDER and annotations=FILE are known"),
            };
        }

        return specification;
    }

    private static string ParseSplit(string text, string? query, params ReadOnlySpan<string> allowed)
    {
        if (query is null)
        {
            return allowed[0];
        }

        var (key, value) = Cut(query, '=');
        return key == "split" && value is not null && allowed.Contains(value)
            ? value
            : throw Fault(text, $"has '?{query}', where only ?split={string.Join('|', allowed.ToArray())} is known");
    }

    private static DatasetException Fault(string text, string what) => new($"The data specification '{text}' {what}. {Forms}");

    private static (string Before, string? After) Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var i ? (text[..i], text[(i + 1)..]) : (text, null);

    private static string ExpandHome(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
        : path;
}
