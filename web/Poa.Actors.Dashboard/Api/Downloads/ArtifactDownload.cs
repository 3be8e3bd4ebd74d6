using Microsoft.Net.Http.Headers;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Api;

/// <summary>
/// A file of a checkpoint or of an extracted sub-network as a download: whole or in ranges, with its SHA-256 as ETag. Only names that
/// stand in the manifest exist here; what stands in an address is compared with them and used for nothing else.
/// </summary>
internal static class ArtifactDownload
{
    /// <summary>Never a type that a browser would show: what is in the file is not ours to vouch for.</summary>
    public const string MediaType = "application/octet-stream";

    /// <summary>Finds the file and answers with it.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="manifest">What the checkpoint or sub-network consists of.</param>
    /// <param name="file">Name of the file as it was asked for.</param>
    /// <param name="created">When the manifest was published.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="PoaException">The manifest has no such file, or the blob behind it has gone or changed.</exception>
    public static async Task<IResult> OpenAsync(
        IBlobStore blobs, IArtifactManifest manifest, string file, DateTimeOffset created, CancellationToken cancellationToken)
    {
        var listed = manifest.Files.FirstOrDefault(f => string.Equals(f.Name, file, StringComparison.Ordinal)) ?? throw new PoaException(
            ErrorCodes.BlobNotFound, "There is no file of this name.", $"There are: {string.Join(", ", manifest.Files.Select(f => f.Name))}.");
        var stream = await ReadAsync(blobs, manifest.Folder + listed.Name, listed, "Use another checkpoint, or extract the sub-network again.", cancellationToken);
        return TypedResults.Stream(stream, MediaType, listed.Name, created, TagOf(listed), enableRangeProcessing: true);
    }

    /// <summary>A blob that is still the one that was published.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="blob">Name of the blob.</param>
    /// <param name="listed">What was published.</param>
    /// <param name="remedy">What to do if it is not there any more, or another.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="PoaException">The blob has gone or changed.</exception>
    public static async Task<BlobReadStream> ReadAsync(IBlobStore blobs, string blob, ArtifactFile listed, string remedy, CancellationToken cancellationToken)
    {
        var found = await blobs.FindAsync(blob, cancellationToken) ?? throw new PoaException(
            ErrorCodes.BlobNotFound, $"The file {listed.Name} has gone from the blob store.", remedy);
        return found.Size == listed.Size && (found.Sha256 is not { } hash || hash == listed.Sha256)
            ? new BlobReadStream(blobs, blob, listed.Size)
            : throw new PoaException(ErrorCodes.DamagedFile, $"The file {listed.Name} is not the one that was published.", remedy);
    }

    /// <summary>The ETag of a file: its hash.</summary>
    public static EntityTagHeaderValue TagOf(ArtifactFile file) => new($"\"{file.Sha256}\"");
}
