namespace Poa.Storage.Tests;

/// <summary>Passes on to another store until so many changes (uploads, deletions) were made; then the process is as good as dead.</summary>
internal sealed class InterruptedBlobStore(IBlobStore inner, int changes) : IBlobStore
{
    private int left = changes;

    public string Description => inner.Description;

    /// <summary>From now on every change works.</summary>
    public void Recover() => left = int.MaxValue;

    public Task<BlobProperties> UploadAsync(string name, Stream content, BlobWriteCondition condition, string? expectedSha256, CancellationToken cancellationToken)
    {
        Change();
        return inner.UploadAsync(name, content, condition, expectedSha256, cancellationToken);
    }

    public Task<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellationToken)
    {
        Change();
        return inner.DeleteAsync(name, ifMatch, cancellationToken);
    }

    public Task<Stream> OpenReadAsync(string name, ByteRange? range, CancellationToken cancellationToken) => inner.OpenReadAsync(name, range, cancellationToken);

    public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken) => inner.FindAsync(name, cancellationToken);

    public IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    private void Change()
    {
        if (left-- == 0)
        {
            left = 0;
            throw new KilledException();
        }
    }
}

internal sealed class KilledException : Exception;
