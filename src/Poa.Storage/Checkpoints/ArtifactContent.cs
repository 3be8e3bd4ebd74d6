namespace Poa.Storage;

/// <summary>A file to publish.</summary>
/// <param name="Name">File name, one segment.</param>
/// <param name="OpenAsync">
/// Opens the content from its begin. Called again if it must be compared with, or written over, what an earlier publication left.
/// </param>
public sealed record ArtifactContent(string Name, Func<CancellationToken, Task<Stream>> OpenAsync)
{
    /// <summary>A file on disk, under its own name.</summary>
    public static ArtifactContent FromFile(string path) => new(
        Path.GetFileName(path),
        _ => Task.FromResult<Stream>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan)));

    /// <summary>Bytes in memory.</summary>
    public static ArtifactContent FromBytes(string name, ReadOnlyMemory<byte> bytes) =>
        new(name, _ => Task.FromResult<Stream>(new MemoryStream(bytes.ToArray(), writable: false)));

    /// <summary>All files directly in a folder, in ordinal order; sub-folders and hidden files are left out.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<ArtifactContent> FromFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal).Select(FromFile)];
}
