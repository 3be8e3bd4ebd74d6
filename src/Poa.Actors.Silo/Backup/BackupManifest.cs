using System.Text.Json;

namespace Poa.Actors.Silo;

/// <summary><c>manifest.json</c> of a backup: what it holds, with hashes. Written last: without it there is no backup.</summary>
public sealed record BackupManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The format that this program writes and reads.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Format of the backup.</summary>
    public required int Format { get; init; }

    /// <summary>When the state was read.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The program that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>The data base it was read from: <c>sqlite</c> or <c>postgresql</c>.</summary>
    public required string Database { get; init; }

    /// <summary>Version of that data base's schema.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>Where blobs were read from, for people.</summary>
    public required string BlobStore { get; init; }

    /// <summary>Rows of state, a file for each table.</summary>
    public required IReadOnlyList<StateFile> State { get; init; }

    /// <summary>The blobs.</summary>
    public required IReadOnlyList<BackupBlob> Blobs { get; init; }

    /// <summary>Blobs that were left out, since their content was no longer that which was once written.</summary>
    public required IReadOnlyList<string> Damaged { get; init; }

    /// <summary>Reads the manifest of a backup.</summary>
    /// <param name="folder">The backup.</param>
    /// <exception cref="PoaException">There is none, or it is of another format.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(path), Json) ?? throw new JsonException("It holds null.");
            return manifest.Format == CurrentFormat ? manifest : throw new PoaException(
                ErrorCodes.DamagedFile, $"The backup {folder} has format {manifest.Format}; this program reads format {CurrentFormat}.", $"Use the program that wrote it ({manifest.SoftwareVersion}).");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PoaException(
                new WorkError(ErrorCodes.BlobNotFound, $"There is no backup in {folder}: it has no {FileName}.", "Name the folder that `poa backup --to` was given. One that ends in .partial was cut off."), e);
        }
        catch (JsonException e)
        {
            throw new PoaException(new WorkError(ErrorCodes.DamagedFile, $"{path} cannot be read: {e.Message}", "Use another backup."), e);
        }
    }

    internal void Write(string folder) => File.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, Json));
}

/// <summary>The rows of a table.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Rows">How many.</param>
/// <param name="Sha256">Hash of the file <c>state/TABLE.jsonl</c>.</param>
public sealed record StateFile(string Table, long Rows, string Sha256);

/// <summary>A blob; its content is the file <c>blobs/NAME</c>.</summary>
/// <param name="Name">Name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Hash of the content.</param>
public sealed record BackupBlob(string Name, long Size, string Sha256);
