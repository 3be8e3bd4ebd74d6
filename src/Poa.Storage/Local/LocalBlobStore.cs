using System.Runtime.CompilerServices;

namespace Poa.Storage;

/// <summary>
/// Blobs as plain files in one folder: the blob <c>runs/a/x</c> is the file <c>runs/a/x</c>, so that people can look at and copy them.
/// <para>
/// Writing: a temporary file under <c>.tmp</c> is filled, synced, and renamed over the target under a lock that other processes see;
/// then the directory is synced. A kill at any instant leaves the old or the new content, and perhaps a temporary file, which the next
/// opening sweeps away.
/// </para>
/// <para>
/// The ETag is made of modification time and size; a write always moves the time on. The SHA-256 lies in <c>.sha256/{name}</c>
/// together with the ETag it was computed for, and counts only while that is the file's ETag. So a kill between the two renames, or a
/// file changed by hand, makes the hash unknown, never wrong.
/// </para>
/// </summary>
public sealed partial class LocalBlobStore : IBlobStore
{
    private readonly string root;
    private readonly TimeProvider clock;

    /// <param name="folder">Made if it does not exist.</param>
    /// <param name="timeProvider">Gives the time of publication; null for the system's.</param>
    /// <exception cref="StorageException">The folder cannot be made; the message says why and what to do.</exception>
    public LocalBlobStore(string folder, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        root = Path.GetFullPath(folder);
        clock = timeProvider ?? TimeProvider.System;
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (Exception e) when (LocalErrors.Translate(e, root, "made") is { } translated)
        {
            throw translated;
        }

        SweepTemporaryFiles();
    }

    /// <summary>The folder, absolute.</summary>
    public string Folder => root;

    /// <inheritdoc/>
    public string Description => $"folder {root}";

    /// <inheritdoc/>
    public async Task<BlobProperties> UploadAsync(
        string name, Stream content, BlobWriteCondition condition, string? expectedSha256 = null, CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(condition);
        condition.Check(name, Stat(name)?.ETag); // Before the bytes flow; what counts is the check at publication.

        await using var temporary = LocalTemporaryFile.Create(root);
        await temporary.WriteAsync(content, cancellationToken);
        var sha256 = await temporary.CompleteAsync(cancellationToken);
        if (expectedSha256 is not null && expectedSha256 != sha256)
        {
            throw new StorageException(
                StorageFault.Damaged, $"The content for {name} has SHA-256 {sha256}, not {expectedSha256}; it was not stored.", "Read its source again.");
        }

        return await PublishAsync(name, temporary, condition, sha256, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(string name, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        range?.Validate();
        try
        {
            // No lock: a writer renames over the name and leaves the open file as it is.
            var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            return Task.FromResult<Stream>(range is { } part ? LimitedStream.Over(file, name, part) : file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || Directory.Exists(PathOf(name)))
        {
            throw new BlobNotFoundException(name, Description, e);
        }
        catch (Exception e) when (e is not ArgumentException && LocalErrors.Translate(e, root, "read") is { } translated)
        {
            throw translated;
        }
    }

    /// <inheritdoc/>
    public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Find(BlobName.Validate(name)));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobProperties> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        BlobName.ValidatePrefix(prefix);
        await Task.CompletedTask; // The file system answers at once; the signature is the interface's.
        foreach (var name in Names(prefix[..(prefix.LastIndexOf('/') + 1)], prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Find(name) is { } properties)
            {
                yield return properties;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string name, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        try
        {
            using var held = await LockAsync(cancellationToken);
            if (Stat(name) is not { } current)
            {
                return false;
            }

            if (ifMatch is not null && ifMatch != current.ETag)
            {
                throw BlobConditionException.Changed(name, ifMatch, current.ETag);
            }

            File.Delete(PathOf(name));
            NativeFile.SyncDirectory(Path.GetDirectoryName(PathOf(name))!);
            if (File.Exists(NotePathOf(name)))
            {
                File.Delete(NotePathOf(name));
            }

            RemoveEmptyFolders(Path.GetDirectoryName(PathOf(name))!, root);
            RemoveEmptyFolders(Path.GetDirectoryName(NotePathOf(name))!, Path.Combine(root, NoteFolder));
            return true;
        }
        catch (Exception e) when (LocalErrors.Translate(e, root, "written") is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Names in a folder (empty, or ending with a slash) that begin with the prefix, in ordinal order.</summary>
    private IEnumerable<string> Names(string folder, string prefix)
    {
        var directory = new DirectoryInfo(Path.Combine(root, folder));
        var entries = new List<string>();
        try
        {
            // A directory sorts with its slash: a-b < a/b < a0, as the whole names do.
            entries.AddRange(directory.EnumerateFileSystemInfos().Where(e => !e.Name.StartsWith('.'))
                .Select(e => folder + e.Name + (e is DirectoryInfo ? "/" : "")));
        }
        catch (IOException)
        {
            yield break; // Not there, or deleted meanwhile.
        }

        foreach (var entry in entries.Where(e => e.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (entry.EndsWith('/'))
            {
                foreach (var name in Names(entry, prefix))
                {
                    yield return name;
                }
            }
            else
            {
                yield return entry;
            }
        }
    }

    private static void RemoveEmptyFolders(string folder, string stop)
    {
        for (; folder.Length > stop.Length && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
        {
            Directory.Delete(folder);
        }
    }
}
