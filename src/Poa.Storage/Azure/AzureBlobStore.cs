using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Poa.Storage;

/// <summary>
/// Blobs in one container of Azure Blob Storage (or Azurite). Content is staged in blocks and committed in one step together with its
/// SHA-256 (metadata <c>sha256</c>). The container is made at the first upload; where none is, there are no blobs.
/// </summary>
public sealed partial class AzureBlobStore : IBlobStore
{
    internal const string HashKey = "sha256";

    private readonly BlobContainerClient container;
    private readonly int blockSize;
    private volatile bool containerMade;

    /// <param name="container">Client with its credentials.</param>
    /// <param name="blockSize">Bytes per block; content up to this size goes in one request. Four blocks are under way at most.</param>
    public AzureBlobStore(BlobContainerClient container, int blockSize = 8 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        (this.container, this.blockSize) = (container, blockSize);
    }

    /// <inheritdoc/>
    public string Description => $"container {container.Name} at {container.Uri.GetLeftPart(UriPartial.Authority)}";

    /// <summary>Client options with the API version that Azurite knows too.</summary>
    public static BlobClientOptions ClientOptions() => new(BlobClientOptions.ServiceVersion.V2025_11_05);

    /// <exception cref="StorageException">The connection string or the container's name is wrong; neither is repeated if it may hold a secret.</exception>
    public static AzureBlobStore FromConnectionString(string connectionString, string container)
    {
        if (container.Length is < 3 or > 63 || container.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
        {
            throw new StorageException(
                StorageFault.Configuration, $"\"{container}\" is no name for a container.", "Use 3 to 63 of a-z, 0-9 and '-'.");
        }

        try
        {
            return new(new BlobContainerClient(connectionString, container, ClientOptions()));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            // Without the cause: it may quote from the string.
            throw new StorageException(
                StorageFault.Configuration, "The Azure Storage connection string cannot be understood.", "Copy it from the account's access keys, as a whole.");
        }
    }

    /// <param name="url">Of the container, without signature.</param>
    /// <param name="sas">Shared-access signature with the rights to read, write, list and delete.</param>
    /// <exception cref="StorageException">The URL is wrong.</exception>
    public static AzureBlobStore FromUrl(string url, string sas) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Scheme: "https" or "http", Query: "" } && uri.AbsolutePath.Trim('/').Length > 0
            ? new(new BlobContainerClient(uri, new AzureSasCredential(sas.TrimStart('?')), ClientOptions()))
            : throw new StorageException(
                StorageFault.Configuration, "The URL of the blob container cannot be understood.", "Write azure:https://ACCOUNT.blob.core.windows.net/CONTAINER, without a signature.");

    /// <inheritdoc/>
    public async Task<Stream> OpenReadAsync(string name, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        var blob = container.GetBlobClient(BlobName.Validate(name));
        range?.Validate();
        if (range is { Length: 0 })
        {
            // HTTP knows no empty range.
            var properties = await FindAsync(name, cancellationToken) ?? throw new BlobNotFoundException(name, Description);
            range.Value.LengthIn(name, properties.Size);
            return new MemoryStream([], writable: false);
        }

        try
        {
            var options = range is { } part ? new BlobDownloadOptions { Range = new HttpRange(part.Offset, part.Length) } : null;
            return (await blob.DownloadStreamingAsync(options, cancellationToken)).Value.Content;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new BlobNotFoundException(name, Description, e);
        }
        catch (RequestFailedException e) when (e.Status == 416)
        {
            var properties = await FindAsync(name, cancellationToken) ?? throw new BlobNotFoundException(name, Description, e);
            range!.Value.LengthIn(name, properties.Size);
            return new MemoryStream([], writable: false); // The range begins exactly at the end.
        }
        catch (Exception e) when (AzureErrors.Translate(e, name, Description) is { } translated)
        {
            throw translated;
        }
    }

    /// <inheritdoc/>
    public async Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        var blob = container.GetBlobClient(BlobName.Validate(name));
        try
        {
            var found = (await blob.GetPropertiesAsync(null, cancellationToken)).Value;
            return new(name, found.ContentLength, Hash(found.Metadata), Plain(found.ETag), found.LastModified);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
        catch (Exception e) when (AzureErrors.Translate(e, name, Description) is { } translated)
        {
            throw translated;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobProperties> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var options = new GetBlobsOptions { Traits = BlobTraits.Metadata, Prefix = BlobName.ValidatePrefix(prefix) };
        await using var items = container.GetBlobsAsync(options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                yield break; // No container yet.
            }
            catch (Exception e) when (AzureErrors.Translate(e, prefix, Description) is { } translated)
            {
                throw translated;
            }

            var (item, facts) = (items.Current, items.Current.Properties);
            yield return new(item.Name, facts.ContentLength ?? 0, Hash(item.Metadata), Plain(facts.ETag ?? default), facts.LastModified ?? default);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string name, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        var blob = container.GetBlobClient(BlobName.Validate(name));
        try
        {
            var conditions = ifMatch is null ? null : new BlobRequestConditions { IfMatch = new ETag(ifMatch) };
            return (await blob.DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, conditions, cancellationToken)).Value;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            // Azurite answers so for a blob that is absent, too.
            return await FindAsync(name, cancellationToken) is { } current ? throw BlobConditionException.Changed(name, ifMatch!, current.ETag, e) : false;
        }
        catch (Exception e) when (AzureErrors.Translate(e, name, Description) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Without quotes: listings give it so, other answers with them; the client adds them to conditions.</summary>
    private static string Plain(ETag etag) => etag.ToString().Trim('"');

    private static string? Hash(IDictionary<string, string>? metadata) => metadata?.FirstOrDefault(m => m.Key.Equals(HashKey, StringComparison.OrdinalIgnoreCase)).Value;
}
