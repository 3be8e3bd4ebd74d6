using Poa.Actors.Abstractions;
using Poa.Data.Datasets;

namespace Poa.Worker.Data;

/// <summary>
/// The one way from a data specification to images: what is not below one of the worker's data folders is refused, after symbolic
/// links are resolved. Links within an allowed folder are its owner's and are followed.
/// </summary>
internal sealed class DataAccess
{
    private readonly IReadOnlyList<string> roots;
    private readonly IReadOnlyList<string> realRoots;

    /// <param name="roots">Folders that data may lie in; none for anywhere.</param>
    /// <exception cref="PoaException">One of them is no folder.</exception>
    public DataAccess(IReadOnlyList<string> roots)
    {
        if (roots.FirstOrDefault(root => !Directory.Exists(root)) is { } missing)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"The data root '{missing}' is not a folder.", "Name folders that exist.");
        }

        this.roots = roots;
        realRoots = [.. roots.Select(RealPath.Of)];
    }

    /// <summary>Reads a specification and checks where it leads.</summary>
    /// <exception cref="DatasetException">The text is no specification.</exception>
    /// <exception cref="PoaException">It leads out of the data folders (<see cref="ErrorCodes.DataNotAllowed"/>).</exception>
    public DataSpecification Parse(string text)
    {
        var specification = DataSpecification.Parse(text);
        if (specification.Path.Length == 0)
        {
            return specification; // comes with the software
        }

        specification = specification with { Path = Path.GetFullPath(specification.Path) };
        return realRoots.Count == 0 || PartsOf(specification).FirstOrDefault(part => !IsAllowed(part)) is not { } stranger ? specification : throw new PoaException(
            ErrorCodes.DataNotAllowed,
            $"{stranger} does not lie in a folder that this worker may read images from.",
            $"Choose a folder within {string.Join(", ", roots)}, or start the host with a further one: poa up --data-root DIR");
    }

    /// <summary>Where images, boxes and masks, or label maps of a set lie.</summary>
    /// <exception cref="DatasetException">The specification is of another kind, or a part is not there; the message says what is wanted.</exception>
    /// <inheritdoc cref="Parse" path="/exception"/>
    public (DataSpecification Specification, DenseLayout Layout) Locate(string text, DatasetKind kind)
    {
        var specification = Parse(text);
        return specification.Kind == kind
            ? (specification, DenseLayout.Of(specification).Require(specification))
            : throw new DatasetException(kind == DatasetKind.Coco
                ? $"The data specification '{text}' names no images with boxes and masks. Give a set in COCO's layout: coco:FOLDER?split=train, and coco:FOLDER?split=val."
                : $"The data specification '{text}' names no images with label maps. Give a set in ADE20K's layout: ade20k:FOLDER?split=training, and ade20k:FOLDER?split=validation.");
    }

    /// <summary>Opens the images of a specification.</summary>
    /// <exception cref="DatasetException">They cannot be used; the message names folder or file.</exception>
    /// <inheritdoc cref="Parse" path="/exception"/>
    public IImageDataset Open(string text) => Parse(text).Open();

    /// <summary>What a specification leads to, the folder it names first: where the parts lie is looked up in there.</summary>
    private static IEnumerable<string> PartsOf(DataSpecification specification)
    {
        yield return specification.Path;
        if (specification is { Kind: DatasetKind.ImageNet, Split: { } split })
        {
            yield return Path.Combine(specification.Path, split);
        }

        if (specification.Kind is DatasetKind.Coco or DatasetKind.Ade20k)
        {
            var layout = DenseLayout.Of(specification);
            yield return layout.Images;
            yield return layout.Annotations;
        }
    }

    private bool IsAllowed(string path)
    {
        try
        {
            var real = RealPath.Of(path);
            return realRoots.Any(root => RealPath.IsWithin(real, root));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // where it leads cannot be told
        }
    }
}
