using System.Globalization;

namespace Poa.Actors.Silo;

/// <summary>
/// Holds a data folder for one host. The lock is the operating system's on the file <c>host.lock</c>, so it ends with the process,
/// however that ends; <c>host.pid</c> beside it says who holds it.
/// </summary>
internal sealed class HomeLock : IDisposable
{
    private const string LockFile = "host.lock";
    private const string ProcessFile = "host.pid";
    private readonly FileStream _lock;
    private readonly string _processFile;

    private HomeLock(FileStream held, string processFile)
    {
        _lock = held;
        _processFile = processFile;
    }

    /// <summary>Makes the folder if need be, and takes it.</summary>
    /// <param name="home">The data folder.</param>
    /// <exception cref="PoaException">
    /// It cannot be written (<see cref="ErrorCodes.HomeNotWritable"/>), or another host holds it (<see cref="ErrorCodes.HomeInUse"/>).
    /// </exception>
    public static HomeLock Take(string home)
    {
        var processFile = Path.Combine(home, ProcessFile);
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(home);
            held = Open(Path.Combine(home, LockFile));
            if (held is not null)
            {
                File.WriteAllText(processFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
                return new HomeLock(held, processFile);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw HomeFaults.NotWritable(home, e.Message, e);
        }

        var holder = File.Exists(processFile) ? File.ReadAllText(processFile).Trim() : "unknown";
        throw new PoaException(
            ErrorCodes.HomeInUse,
            $"The data folder {home} is held by another host, process {holder}.",
            "Use that host, stop it, or choose another folder with --home.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_processFile);
        _lock.Dispose();
    }

    /// <summary>The locked file; null if another process has the lock.</summary>
    private static FileStream? Open(string path)
    {
        // Made first: afterwards a failure to open it for oneself alone can only mean that somebody else has it.
        if (!File.Exists(path))
        {
            using var made = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException && IsSharingViolation(e))
        {
            return null;
        }
    }

    private static bool IsSharingViolation(IOException e)
    {
        // EWOULDBLOCK from flock on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
        const int linux = 11, macOs = 35, windows = unchecked((int)0x80070020);
        return e.HResult is linux or macOs or windows;
    }
}
