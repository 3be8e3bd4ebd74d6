namespace Poa.Storage;

/// <summary>Facts about a stored blob.</summary>
/// <param name="Name">Full name, segments joined by <c>/</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">
/// SHA-256 of the content as it was uploaded, 64 lower-case hex digits. Null where the store does not know it: the blob was put there
/// by other means, or the writer was killed between publishing and noting it. It is a note, not a proof: reading and hashing is.
/// </param>
/// <param name="ETag">Opaque; changes with every write of the blob.</param>
/// <param name="LastModified">When the content was published.</param>
public sealed record BlobProperties(string Name, long Size, string? Sha256, string ETag, DateTimeOffset LastModified);
