namespace Poa.Storage;

/// <summary>
/// Named, immutable-once-written byte sequences. A blob becomes visible whole or not at all: a reader never sees half of one, and a
/// writer killed at any instant leaves the former content (or none). Names follow <see cref="BlobName"/>.
/// Implementations are safe for concurrent use, also from several processes.
/// </summary>
public interface IBlobStore
{
    /// <summary>Where the blobs lie, for people: never holds a secret.</summary>
    string Description { get; }

    /// <summary>
    /// Writes <paramref name="content"/> from its current position to its end (its length need not be known) and publishes it in one
    /// step. SHA-256 is computed on the way and kept beside the blob. Where <paramref name="expectedSha256"/> (lower-case hex) is given,
    /// other content is not published.
    /// </summary>
    /// <exception cref="BlobConditionException">The condition does not hold; nothing was changed.</exception>
    /// <exception cref="StorageException">Hash mismatch, disk full, read-only, unreachable...; nothing was changed.</exception>
    Task<BlobProperties> UploadAsync(
        string name, Stream content, BlobWriteCondition condition, string? expectedSha256 = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens the blob, or a part of it, for reading forwards. The stream stays with the content that it was opened on, also when the
    /// blob is overwritten or deleted meanwhile (it then fails or goes on with the old content, never with a mixture).
    /// </summary>
    /// <exception cref="BlobNotFoundException">No such blob.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range begins behind the blob's end.</exception>
    Task<Stream> OpenReadAsync(string name, ByteRange? range = null, CancellationToken cancellationToken = default);

    /// <returns>What is known of the blob; null where there is none.</returns>
    Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// All blobs whose name begins with <paramref name="prefix"/> (any string that a name could begin with; empty for all), in ordinal
    /// order of their names. A blob written or deleted meanwhile may or may not appear.
    /// </summary>
    IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Deletes the blob; with <paramref name="ifMatch"/> only the content that has this ETag.</summary>
    /// <returns>Whether there was a blob to delete.</returns>
    /// <exception cref="BlobConditionException">The blob has another ETag.</exception>
    Task<bool> DeleteAsync(string name, string? ifMatch = null, CancellationToken cancellationToken = default);
}
