namespace Poa.Storage;

public sealed partial class LocalBlobStore
{
    private const string NoteFolder = ".sha256";
    private const string LockFile = ".lock";

    // EWOULDBLOCK of Linux and of macOS: .NET's exception for a file that another handle has locked.
    private const int Locked = 11, LockedOnMac = 35;

    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(2);

    /// <summary>Size, time and ETag of a blob's file at one instant.</summary>
    private sealed record FileState(long Size, DateTime Modified)
    {
        public string ETag => $"{Modified.Ticks:x}-{Size:x}";
    }

    private string PathOf(string name) => Path.Combine(root, BlobName.Validate(name));

    private string NotePathOf(string name) => Path.Combine(root, NoteFolder, name);

    private FileState? Stat(string name)
    {
        var info = new FileInfo(PathOf(name));
        return info.Exists ? new(info.Length, info.LastWriteTimeUtc) : null;
    }

    private BlobProperties? Find(string name) => Stat(name) is { } state
        ? new(name, state.Size, NotedHash(name, state.ETag), state.ETag, new(state.Modified))
        : null;

    private string? NotedHash(string name, string etag)
    {
        try
        {
            return File.ReadAllText(NotePathOf(name)).Split(' ') is [var notedFor, { Length: 64 } sha256] && notedFor == etag ? sha256 : null;
        }
        catch (IOException)
        {
            return null; // Unknown.
        }
    }

    private async Task<BlobProperties> PublishAsync(
        string name, LocalTemporaryFile temporary, BlobWriteCondition condition, string sha256, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        try
        {
            using var held = await LockAsync(cancellationToken);
            var current = Stat(name);
            condition.Check(name, current?.ETag);
            if (Directory.Exists(path))
            {
                throw new StorageException(StorageFault.Other, $"{name} is the folder of other blobs in {Description} and cannot be a blob.", "Choose another name.");
            }

            MakeFolder(Path.GetDirectoryName(path)!);
            File.SetLastWriteTimeUtc(temporary.Path, Later(current));
            var info = new FileInfo(temporary.Path);
            var state = new FileState(info.Length, info.LastWriteTimeUtc);
            WriteNote(name, $"{state.ETag} {sha256}");
            File.Move(temporary.Path, path, overwrite: true);
            NativeFile.SyncDirectory(Path.GetDirectoryName(path)!);
            return new(name, state.Size, sha256, state.ETag, new(state.Modified));
        }
        catch (Exception e) when (LocalErrors.Translate(e, root, "written") is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Now, but behind the time of the content that is replaced, so that the ETag changes also within a tick of the clock.</summary>
    private DateTime Later(FileState? current)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return current is null || now > current.Modified ? now : current.Modified.AddTicks(1);
    }

    /// <summary>A note is a convenience: not synced, as a torn one is not believed.</summary>
    private void WriteNote(string name, string note)
    {
        var path = NotePathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var temporary = LocalTemporaryFile.CreateWith(root, note);
        File.Move(temporary.Path, path, overwrite: true);
    }

    /// <summary>Makes the folder and syncs the parents of all that was new.</summary>
    private static void MakeFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            var parent = Path.GetDirectoryName(folder)!;
            MakeFolder(parent);
            Directory.CreateDirectory(folder);
            NativeFile.SyncDirectory(parent);
        }
    }

    /// <summary>Waits for the lock that publications and deletions hold, also in other processes; held for milliseconds.</summary>
    private async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryLock() is { } held)
            {
                return held;
            }

            await Task.Delay(LockPoll, cancellationToken);
        }
    }

    private FileStream? TryLock()
    {
        try
        {
            return new(Path.Combine(root, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 0);
        }
        catch (IOException e) when (e.HResult is Locked or LockedOnMac)
        {
            return null;
        }
    }

    /// <summary>Deletes what killed processes left. Files of living writers are locked, and stay.</summary>
    private void SweepTemporaryFiles()
    {
        try
        {
            // If somebody publishes this very moment, the next opening will do it.
            using var held = TryLock();
            if (held is not null)
            {
                LocalTemporaryFile.SweepAbandoned(root);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Read-only: reading from the store works, and nothing can be swept.
        }
    }
}
