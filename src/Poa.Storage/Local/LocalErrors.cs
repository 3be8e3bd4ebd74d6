namespace Poa.Storage;

/// <summary>Turns what .NET throws for file-system errors into a <see cref="StorageException"/> that says what to do.</summary>
internal static class LocalErrors
{
    // errno of Linux; .NET keeps the number in HResult where it has no exception type of its own for it.
    private const int PermissionDenied = 13, NoSpace = 28, ReadOnlyFileSystem = 30, QuotaExceeded = 122;

    /// <param name="exception">What was thrown.</param>
    /// <param name="folder">The folder to name.</param>
    /// <param name="verb">What was tried, as participle: written, read, opened.</param>
    /// <returns>The clear form; null if this is no error of the file system.</returns>
    public static StorageException? Translate(Exception exception, string folder, string verb) => exception switch
    {
        // EFBIG: a limit on file sizes (ulimit -f) or of the file system; .NET reports it as an argument out of range.
        IOException { HResult: NoSpace or QuotaExceeded } or ArgumentOutOfRangeException { ParamName: "value" } => new(
            StorageFault.Full, $"The disk under {folder} is full ({exception.Message}).",
            $"Free some space there, or choose another data folder. Nothing half-written was left.", exception),
        IOException { HResult: ReadOnlyFileSystem } or UnauthorizedAccessException { InnerException.HResult: ReadOnlyFileSystem } => new(
            StorageFault.ReadOnly, $"The folder {folder} is on a read-only file system and cannot be {verb}.",
            "Mount it writable, or choose another data folder.", exception),
        UnauthorizedAccessException or IOException { HResult: PermissionDenied } => new(
            StorageFault.AccessDenied, $"The folder {folder} cannot be {verb}: {exception.Message}",
            "Give this user the right to write there, or choose another data folder.", exception),
        DirectoryNotFoundException or FileNotFoundException => new(
            StorageFault.Other, $"The folder {folder} cannot be {verb}: {exception.Message}",
            "A part of the path has gone or is a file: check it, or choose another data folder.", exception),
        IOException => new(StorageFault.Other, $"The folder {folder} cannot be {verb}: {exception.Message}", "Check the path and the disk.", exception),
        _ => null,
    };
}
