using System.Runtime.InteropServices;

namespace Poa.Storage;

/// <summary>What .NET does not offer: syncing a directory.</summary>
internal static partial class NativeFile
{
    private const int ReadOnly = 0, CloseOnExec = 0x80000;

    /// <summary>Makes renames in a directory last. Where the file system cannot sync directories, there is nothing to do.</summary>
    public static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // Other systems sync names with the file, or offer nothing.
        }

        var descriptor = Open(path, ReadOnly | CloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open the folder {path} to sync it (errno {Marshal.GetLastPInvokeError()}).", Marshal.GetLastPInvokeError());
        }

        try
        {
            // EINVAL, EROFS: the file system has no such thing.
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error and not (22 or 30))
            {
                throw new IOException($"Cannot sync the folder {path} (errno {error}).", error);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
