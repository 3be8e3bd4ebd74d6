namespace Poa.Storage;

/// <summary>What kind of trouble a store has; a caller can decide by it whether trying again helps.</summary>
public enum StorageFault
{
    /// <summary>None of the kinds below.</summary>
    Other,

    /// <summary>No space, quota or allowed file size left.</summary>
    Full,

    /// <summary>The file system is mounted read-only.</summary>
    ReadOnly,

    /// <summary>The store refuses this user or these credentials.</summary>
    AccessDenied,

    /// <summary>The store cannot be reached or fails for now: trying again later may help.</summary>
    Unavailable,

    /// <summary>There is no such blob.</summary>
    NotFound,

    /// <summary>A write condition did not hold.</summary>
    Condition,

    /// <summary>Content does not have the hash, size or form that it should.</summary>
    Damaged,

    /// <summary>The store's address or settings are wrong.</summary>
    Configuration,
}

/// <summary>A store could not do what was asked. The message says what, where, and what can be done about it.</summary>
public class StorageException : Exception
{
    /// <param name="fault">Kind of trouble.</param>
    /// <param name="message">What happened, naming folder, container or blob.</param>
    /// <param name="remedy">What to do; appended to the message.</param>
    /// <param name="innerException">The cause.</param>
    public StorageException(StorageFault fault, string message, string? remedy = null, Exception? innerException = null)
        : base(remedy is null ? message : $"{message} {remedy}", innerException) => (Fault, Remedy) = (fault, remedy);

    /// <summary>Kind of trouble.</summary>
    public StorageFault Fault { get; }

    /// <summary>What to do about it; null where nothing general can be said.</summary>
    public string? Remedy { get; }
}

/// <summary>There is no blob of that name.</summary>
public sealed class BlobNotFoundException(string blob, string store, Exception? innerException = null)
    : StorageException(StorageFault.NotFound, $"There is no blob {blob} in {store}.", null, innerException)
{
    /// <summary>The name asked for.</summary>
    public string Blob { get; } = blob;
}

/// <summary>A conditional write or delete found another state than asked for; nothing was changed.</summary>
public sealed class BlobConditionException : StorageException
{
    private BlobConditionException(string blob, string message, Exception? innerException)
        : base(StorageFault.Condition, message, null, innerException) => Blob = blob;

    /// <summary>The blob's name.</summary>
    public string Blob { get; }

    internal static BlobConditionException Exists(string blob, Exception? innerException = null) =>
        new(blob, $"The blob {blob} exists already.", innerException);

    internal static BlobConditionException Changed(string blob, string expected, string? actual, Exception? innerException = null) =>
        new(blob, $"The blob {blob} has {(actual is null ? "gone or changed" : $"the ETag {actual}")}, not the ETag {expected} asked for.", innerException);
}
