using Poa.Storage;

namespace Poa.Actors.Silo;

/// <summary>Copies blobs into a backup while others write and delete them.</summary>
/// <param name="from">The store.</param>
/// <param name="to">The backup.</param>
internal sealed class BlobCopies(IBlobStore from, IBlobStore to)
{
    // Metrics are written anew about once a second: some tries meet a pause.
    private const int Tries = 10;

    private readonly Dictionary<string, (string ETag, BackupBlob? Copy)> _seen = new(StringComparer.Ordinal);

    /// <summary>What was copied, by name.</summary>
    public IReadOnlyList<BackupBlob> Copied => [.. _seen.Values.Select(blob => blob.Copy).OfType<BackupBlob>().OrderBy(blob => blob.Name, StringComparer.Ordinal)];

    /// <summary>What is damaged in the store, by name.</summary>
    public IReadOnlyList<string> Damaged => [.. _seen.Where(blob => blob.Value.Copy is null).Select(blob => blob.Key).Order(StringComparer.Ordinal)];

    /// <summary>Copies what is new or has changed since the last call. What has gone meanwhile is left as it was copied.</summary>
    /// <param name="copied">Told after each blob.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task CopyNewAsync(Action<BackupBlob> copied, CancellationToken cancellationToken)
    {
        await foreach (var blob in from.ListAsync("", cancellationToken))
        {
            if (_seen.TryGetValue(blob.Name, out var seen) && seen.ETag == blob.ETag)
            {
                continue;
            }

            if (await CopyAsync(blob, cancellationToken) is { } copy)
            {
                copied(copy);
            }
        }
    }

    /// <returns>Null if it has gone, or is damaged.</returns>
    private async Task<BackupBlob?> CopyAsync(BlobProperties? blob, CancellationToken cancellationToken)
    {
        for (var tried = 1; blob is not null; tried++)
        {
            var name = blob.Name;
            try
            {
                await using var content = await from.OpenReadAsync(name, cancellationToken: cancellationToken);
                var stored = await to.UploadAsync(name, content, BlobWriteCondition.Overwrite, blob.Sha256, cancellationToken);
                var copy = new BackupBlob(name, stored.Size, stored.Sha256!);
                _seen[name] = (blob.ETag, copy);
                return copy;
            }
            catch (StorageException e) when (e.Fault is StorageFault.Damaged or StorageFault.NotFound)
            {
                var now = await from.FindAsync(name, cancellationToken);
                if (e.Fault == StorageFault.Damaged && (now?.ETag == blob.ETag || tried == Tries))
                {
                    _seen[name] = (blob.ETag, null);
                    return null;
                }

                blob = now; // written anew, or gone, while it was read
            }
        }

        return null;
    }
}
