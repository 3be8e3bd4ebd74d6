namespace Poa.Storage.Tests;

/// <summary>Passes on to another store; some times, an upload makes it lose blobs of the same folder that it had acknowledged, as a store does that crashes.</summary>
/// <param name="inner">The store.</param>
/// <param name="trigger">How the name of a blob ends whose upload does it.</param>
/// <param name="lost">How the names of the blobs end that are lost.</param>
/// <param name="times">How often.</param>
internal sealed class ForgetfulBlobStore(IBlobStore inner, string trigger, IReadOnlyList<string> lost, int times) : IBlobStore
{
    private int left = times;

    public string Description => inner.Description;

    public async Task<BlobProperties> UploadAsync(string name, Stream content, BlobWriteCondition condition, string? expectedSha256, CancellationToken cancellationToken)
    {
        var properties = await inner.UploadAsync(name, content, condition, expectedSha256, cancellationToken);
        if (name.EndsWith(trigger, StringComparison.Ordinal) && left-- > 0)
        {
            await foreach (var blob in inner.ListAsync(name[..(name.LastIndexOf('/') + 1)], cancellationToken))
            {
                if (lost.Any(end => blob.Name.EndsWith(end, StringComparison.Ordinal)))
                {
                    await inner.DeleteAsync(blob.Name, null, cancellationToken);
                }
            }
        }

        return properties;
    }

    public Task<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellationToken) => inner.DeleteAsync(name, ifMatch, cancellationToken);

    public Task<Stream> OpenReadAsync(string name, ByteRange? range, CancellationToken cancellationToken) => inner.OpenReadAsync(name, range, cancellationToken);

    public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken) => inner.FindAsync(name, cancellationToken);

    public IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);
}
