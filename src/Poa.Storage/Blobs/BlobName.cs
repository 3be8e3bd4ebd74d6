using System.Buffers;

namespace Poa.Storage;

/// <summary>
/// Names of blobs: segments joined by <c>/</c>; a segment has 1 to 200 of <c>A-Z a-z 0-9 - _ . = + @</c>, neither begins nor ends with
/// a dot; 1000 characters in all. So a name is legal in every store, cannot leave the store's folder, and cannot meet the store's own
/// files (which begin with a dot).
/// </summary>
public static class BlobName
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 1000;

    /// <summary>Longest segment, in characters.</summary>
    public const int MaxSegmentLength = 200;

    private const string LegalSymbols = "-_.=+@";

    private static readonly SearchValues<char> Legal =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + LegalSymbols);

    /// <returns><paramref name="name"/>, if it is a legal name of a blob.</returns>
    /// <exception cref="ArgumentException">It is not; the message says why.</exception>
    public static string Validate(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Fault(name) is { } fault ? throw new ArgumentException($"\"{Shown(name)}\" is no name for a blob: {fault}.", nameof(name)) : name;
    }

    /// <returns><paramref name="segment"/>, if it can stand between two slashes of a name (a run id, a file name).</returns>
    /// <exception cref="ArgumentException">It cannot; the message says why.</exception>
    public static string ValidateSegment(string segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return SegmentFault(segment) is { } fault
            ? throw new ArgumentException($"\"{Shown(segment)}\" cannot be part of a blob's name: {fault}.", nameof(segment))
            : segment;
    }

    /// <returns><paramref name="prefix"/>, if a legal name can begin with it.</returns>
    /// <exception cref="ArgumentException">No name can.</exception>
    public static string ValidatePrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);

        // Completed to a name: the last segment may stop anywhere, also right behind a slash or a dot.
        if (prefix.Length > 0 && Fault(prefix + "x") is { } fault)
        {
            throw new ArgumentException($"No blob's name begins with \"{Shown(prefix)}\": {fault}.", nameof(prefix));
        }

        return prefix;
    }

    private static string? Fault(string name)
    {
        if (name.Length > MaxLength)
        {
            return $"it has {name.Length} characters, at most {MaxLength} are allowed";
        }

        foreach (var range in name.AsSpan().Split('/'))
        {
            if (SegmentFault(name.AsSpan()[range]) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? SegmentFault(ReadOnlySpan<char> segment) => segment switch
    {
        [] => "a part of it is empty (a slash at the begin, at the end, or two in a row)",
        ['.', ..] => "a part of it begins with a dot",
        [.., '.'] => "a part of it ends with a dot",
        { Length: > MaxSegmentLength } => $"a part of it has {segment.Length} characters, at most {MaxSegmentLength} are allowed",
        _ when segment.ContainsAnyExcept(Legal) => $"it holds U+{(int)segment[segment.IndexOfAnyExcept(Legal)]:X4}; letters, digits and {LegalSymbols} are allowed",
        _ => null,
    };

    private static string Shown(string name) => name.Length <= 80 ? name : name[..80] + "...";
}
