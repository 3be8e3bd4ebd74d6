using System.Globalization;
using System.Text.Json;
using Poa.Storage;

namespace Poa.Actors.Silo;

/// <summary>
/// Puts a <see cref="Backup"/> back. The backup is checked as a whole first. State that is to be replaced is deleted before the first blob is
/// written, so that none speaks of blobs that are no longer what they were; the state of the backup follows in one transaction after the last
/// blob. If it is cut off before that, there are blobs and no state: the same command again goes on with them.
/// </summary>
public static class Restore
{
    /// <summary>Restores. No host may serve the target.</summary>
    /// <param name="folder">The backup.</param>
    /// <param name="target">Where to; its tables are made if need be.</param>
    /// <param name="overwrite">Replace what is there; otherwise it must be empty.</param>
    /// <param name="written">Told after each blob.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What was restored.</returns>
    /// <exception cref="PoaException">The folder holds no whole backup, or the target is in use, or not empty.</exception>
    /// <exception cref="StorageException">A store cannot be read or written.</exception>
    public static async Task<BackupManifest> RestoreAsync(
        string folder, StateStore target, bool overwrite = false, Action<BackupBlob>? written = null, CancellationToken cancellationToken = default)
    {
        var source = Path.GetFullPath(folder);
        var manifest = BackupManifest.Read(source);
        var blobs = new LocalBlobStore(Backup.BlobsIn(source));
        await CheckAsync(manifest, source, blobs, cancellationToken);
        await target.PrepareToWriteAsync(cancellationToken);
        var before = await ListAsync(target.Blobs, cancellationToken);
        if (overwrite)
        {
            await DeleteStateAsync(target, cancellationToken);
        }
        else
        {
            await RequireEmptyAsync(manifest, target, before, cancellationToken);
        }

        foreach (var blob in manifest.Blobs)
        {
            if (!IsThere(blob, before))
            {
                await using var content = await blobs.OpenReadAsync(blob.Name, cancellationToken: cancellationToken);
                await target.Blobs.UploadAsync(blob.Name, content, BlobWriteCondition.Overwrite, blob.Sha256, cancellationToken);
            }

            written?.Invoke(blob);
        }

        await WriteStateAsync(manifest, source, target, cancellationToken);

        // Only there if they were to be replaced.
        foreach (var name in before.Keys.Except(manifest.Blobs.Select(blob => blob.Name)))
        {
            await target.Blobs.DeleteAsync(name, cancellationToken: cancellationToken);
        }

        return manifest;
    }

    private static async Task CheckAsync(BackupManifest manifest, string folder, LocalBlobStore blobs, CancellationToken cancellationToken)
    {
        foreach (var table in StateTable.All)
        {
            var path = Backup.StateIn(folder, table.Name);
            var known = manifest.State.FirstOrDefault(file => file.Table == table.Name);
            if (known is null || !File.Exists(path) || await Backup.HashAsync(path, cancellationToken) != known.Sha256)
            {
                throw Damaged(path);
            }
        }

        foreach (var blob in manifest.Blobs)
        {
            var path = Path.Combine(blobs.Folder, BlobName.Validate(blob.Name));
            if (!File.Exists(path) || await Backup.HashAsync(path, cancellationToken) != blob.Sha256)
            {
                throw Damaged(path);
            }
        }

        static PoaException Damaged(string path) => new(
            ErrorCodes.DamagedFile, $"{path} is missing, or has other content than the backup's manifest says. Nothing was restored.", "Use another backup, or copy this one again.");
    }

    private static async Task<Dictionary<string, BlobProperties>> ListAsync(IBlobStore store, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, BlobProperties>(StringComparer.Ordinal);
        await foreach (var blob in store.ListAsync("", cancellationToken))
        {
            found.Add(blob.Name, blob);
        }

        return found;
    }

    private static bool IsThere(BackupBlob blob, Dictionary<string, BlobProperties> present) =>
        present.TryGetValue(blob.Name, out var found) && found.Sha256 == blob.Sha256 && found.Size == blob.Size;

    private static async Task RequireEmptyAsync(BackupManifest manifest, StateStore target, Dictionary<string, BlobProperties> before, CancellationToken cancellationToken)
    {
        var rows = await target.ReadAsync(
            async (connection, transaction) =>
            {
                var sum = 0L;
                foreach (var table in StateTable.All)
                {
                    await using var count = StateRows.Command(connection, transaction, table.CountSql, target.ServiceId);
                    sum += Convert.ToInt64(await count.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
                }

                return sum;
            },
            cancellationToken);
        var known = manifest.Blobs.Where(blob => IsThere(blob, before)).Select(blob => blob.Name).ToHashSet();
        var foreign = before.Keys.FirstOrDefault(name => !known.Contains(name));
        if (rows > 0 || foreign is not null)
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument,
                rows > 0 ? $"The target is not empty: it has {rows} rows of state." : $"The target is not empty: the {target.Blobs.Description} has blobs that are not of this backup, such as {foreign}.",
                "Restore into an empty one, or replace what is there with --overwrite.");
        }
    }

    private static Task DeleteStateAsync(StateStore target, CancellationToken cancellationToken) => target.WriteAsync(
        async (connection, transaction) =>
        {
            foreach (var table in StateTable.All)
            {
                await using var delete = StateRows.Command(connection, transaction, table.DeleteSql, target.ServiceId);
                await delete.ExecuteNonQueryAsync(cancellationToken);
            }
        },
        cancellationToken);

    private static Task WriteStateAsync(BackupManifest manifest, string folder, StateStore target, CancellationToken cancellationToken) => target.WriteAsync(
        async (connection, transaction) =>
        {
            foreach (var table in StateTable.All)
            {
                await using var lines = File.OpenRead(Backup.StateIn(folder, table.Name));
                try
                {
                    await StateRows.InsertAsync(table, connection, transaction, target.ServiceId, lines, cancellationToken);
                }
                catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
                {
                    throw new PoaException(
                        new WorkError(ErrorCodes.DamagedFile, $"A row of {table.Name} in the backup cannot be read: {e.Message} No state was restored.", $"Use the program that wrote it ({manifest.SoftwareVersion})."), e);
                }
            }
        },
        cancellationToken);
}
