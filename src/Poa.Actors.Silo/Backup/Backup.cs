using System.Security.Cryptography;
using Poa.Storage;

namespace Poa.Actors.Silo;

/// <summary>
/// Backs up a <see cref="StateStore"/> into a folder. Hosts may go on meanwhile: blobs are copied first, then the state as it is at one
/// moment, then blobs that came in between, so that the state finds the blobs that it speaks of.
/// </summary>
public static class Backup
{
    private const string Partial = ".partial";

    /// <summary>Writes a backup. The folder appears complete or not at all.</summary>
    /// <param name="source">What to back up.</param>
    /// <param name="folder">Where to; must not exist, or be empty.</param>
    /// <param name="copied">Told after each blob.</param>
    /// <param name="cancellationToken">Stops; nothing is left then.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="PoaException">The folder is taken, or the data base cannot be read.</exception>
    /// <exception cref="StorageException">A store cannot be read or written.</exception>
    public static async Task<BackupManifest> WriteAsync(StateStore source, string folder, Action<BackupBlob>? copied = null, CancellationToken cancellationToken = default)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"{target} is there already.", "Choose a folder that does not exist, or an empty one.");
        }

        await source.CheckReadableAsync(cancellationToken);
        var partial = target + Partial;
        Remove(partial); // of a backup that was killed
        try
        {
            var manifest = await FillAsync(source, partial, copied ?? (_ => { }), cancellationToken);
            manifest.Write(partial);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(partial, target);
            return manifest;
        }
        catch
        {
            Remove(partial);
            throw;
        }
    }

    /// <summary>The folder of a backup's blobs.</summary>
    internal static string BlobsIn(string folder) => Path.Combine(folder, "blobs");

    /// <summary>The file of a table's rows.</summary>
    internal static string StateIn(string folder, string table) => Path.Combine(folder, "state", $"{table}.jsonl");

    /// <summary>SHA-256 of a file, lower-case hex.</summary>
    internal static async Task<string> HashAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    private static async Task<BackupManifest> FillAsync(StateStore source, string folder, Action<BackupBlob> copied, CancellationToken cancellationToken)
    {
        var copies = new BlobCopies(source.Blobs, new LocalBlobStore(BlobsIn(folder)));
        await copies.CopyNewAsync(copied, cancellationToken);
        var state = await WriteStateAsync(source, folder, cancellationToken);
        var time = source.Time.GetUtcNow();
        await copies.CopyNewAsync(copied, cancellationToken);
        return new BackupManifest
        {
            Format = BackupManifest.CurrentFormat,
            CreatedAt = time,
            SoftwareVersion = SoftwareVersion.Text,
            Database = source.Kind,
            SchemaVersion = await source.SchemaVersionAsync(cancellationToken),
            BlobStore = source.Blobs.Description,
            State = state,
            Blobs = copies.Copied,
            Damaged = copies.Damaged,
        };
    }

    private static async Task<List<StateFile>> WriteStateAsync(StateStore source, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StateIn(folder, StateTable.All[0].Name))!);
        var rows = await source.ReadAsync(
            async (connection, transaction) =>
            {
                var counts = new List<long>();
                foreach (var table in StateTable.All)
                {
                    await using var lines = File.Create(StateIn(folder, table.Name));
                    counts.Add(await StateRows.WriteAsync(table, connection, transaction, source.ServiceId, lines, cancellationToken));
                    lines.Flush(flushToDisk: true);
                }

                return counts;
            },
            cancellationToken);
        var files = new List<StateFile>();
        foreach (var (table, count) in StateTable.All.Zip(rows))
        {
            files.Add(new StateFile(table.Name, count, await HashAsync(StateIn(folder, table.Name), cancellationToken)));
        }

        return files;
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
