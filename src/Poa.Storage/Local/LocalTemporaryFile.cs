using System.Security.Cryptography;

namespace Poa.Storage;

/// <summary>
/// A file under <c>.tmp</c> on its way to become a blob. It is locked while it is written, so that another process can tell it from
/// one whose writer was killed. Disposing deletes it unless it was renamed.
/// </summary>
internal sealed class LocalTemporaryFile : IAsyncDisposable, IDisposable
{
    private const string FolderName = ".tmp";
    private const int BufferSize = 1 << 20;

    private readonly string root;
    private readonly FileStream file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private LocalTemporaryFile(string root, FileStream file) => (this.root, this.file) = (root, file);

    public string Path => file.Name;

    /// <exception cref="StorageException">The folder is full, read-only, ...</exception>
    public static LocalTemporaryFile Create(string root)
    {
        var folder = System.IO.Path.Combine(root, FolderName);
        try
        {
            Directory.CreateDirectory(folder);
            var path = System.IO.Path.Combine(folder, Guid.NewGuid().ToString("N"));
            return new(root, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous));
        }
        catch (Exception e) when (LocalErrors.Translate(e, root, "written") is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>A small file at once, closed.</summary>
    public static LocalTemporaryFile CreateWith(string root, string text)
    {
        var temporary = Create(root);
        try
        {
            temporary.file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            temporary.file.Dispose();
            return temporary;
        }
        catch
        {
            temporary.Dispose();
            throw;
        }
    }

    /// <summary>Deletes temporary files that nobody has open.</summary>
    public static void SweepAbandoned(string root)
    {
        var folder = System.IO.Path.Combine(root, FolderName);
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            try
            {
                // The lock attempt fails while the writer lives.
                using var abandoned = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 0);
                File.Delete(path);
            }
            catch (IOException)
            {
                continue;
            }
        }
    }

    /// <summary>Appends and hashes the stream's rest. What the source throws passes through as it is.</summary>
    /// <exception cref="StorageException">The disk is full, ...</exception>
    public async Task WriteAsync(Stream content, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            try
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            catch (Exception e) when (LocalErrors.Translate(e, root, "written") is { } translated)
            {
                throw translated;
            }
        }
    }

    /// <summary>Syncs and closes the file.</summary>
    /// <returns>SHA-256, lower-case hex.</returns>
    public async Task<string> CompleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The sync may take long on a slow disk and knows no cancellation.
            await Task.Run(() => file.Flush(flushToDisk: true), cancellationToken);
            await file.DisposeAsync();
        }
        catch (Exception e) when (LocalErrors.Translate(e, root, "written") is { } translated)
        {
            throw translated;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        hash.Dispose();
        file.Dispose();
        File.Delete(Path);
    }

    public async ValueTask DisposeAsync()
    {
        hash.Dispose();
        await file.DisposeAsync();
        File.Delete(Path);
    }
}
