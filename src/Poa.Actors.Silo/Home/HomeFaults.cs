using Microsoft.Data.Sqlite;

namespace Poa.Actors.Silo;

/// <summary>Errors about the data folder, with what to do.</summary>
internal static class HomeFaults
{
    // Result codes of SQLite, https://www.sqlite.org/rescode.html
    private const int Perm = 3, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    /// <summary>The folder cannot be made or written.</summary>
    public static PoaException NotWritable(string home, string why, Exception cause) => new(
        new WorkError(
            ErrorCodes.HomeNotWritable,
            $"The data folder {home} cannot be written: {why.TrimEnd('.')}.",
            "Make it writable, free some space, or choose another folder with --home."),
        cause);

    /// <summary>What a fault of the data base means for the user; null if nothing is known about it.</summary>
    public static PoaException? Translate(SqliteException e, string file) => e.SqliteErrorCode switch
    {
        Perm or ReadOnly or CannotOpen or Full or IoError => NotWritable(Path.GetDirectoryName(file)!, $"{Path.GetFileName(file)}: {e.Message}", e),
        Corrupt or NotADatabase => new PoaException(
            new WorkError(
                ErrorCodes.DamagedFile,
                $"{file} is not a readable data base: {e.Message}",
                "Put back a copy of it, or move it away to begin anew; checkpoints and results in the blob store are not affected."),
            e),
        _ => null,
    };
}
