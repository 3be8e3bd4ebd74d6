using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Poa.Storage;

public sealed partial class AzureBlobStore
{
    private const int BlocksUnderWay = 4;
    private const int MaxBlocks = 50_000; // The service's limit.

    /// <inheritdoc/>
    public async Task<BlobProperties> UploadAsync(
        string name, Stream content, BlobWriteCondition condition, string? expectedSha256 = null, CancellationToken cancellationToken = default)
    {
        var blob = container.GetBlockBlobClient(BlobName.Validate(name));
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(condition);
        try
        {
            await MakeContainerAsync(cancellationToken);
            if (condition != BlobWriteCondition.Overwrite)
            {
                condition.Check(name, (await FindAsync(name, cancellationToken))?.ETag); // Before the bytes flow; what counts is the check at commit.
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var first = await ReadBlockAsync(content, hash, cancellationToken);
            if (first.Length < blockSize)
            {
                var (sha256, put) = (Finish(name, hash, expectedSha256), new BlobUploadOptions { Conditions = Conditions(condition) });
                put.Metadata = Metadata(sha256);
                return Properties(name, first.Length, sha256, await InContainerAsync(async () =>
                {
                    using var stream = new MemoryStream(first, writable: false);
                    return (await blob.UploadAsync(stream, put, cancellationToken)).Value;
                }, cancellationToken));
            }

            var (ids, size) = await StageAsync(blob, first, content, hash, cancellationToken);
            var commit = new CommitBlockListOptions { Conditions = Conditions(condition) };
            var whole = Finish(name, hash, expectedSha256);
            commit.Metadata = Metadata(whole);
            return Properties(name, size, whole, (await blob.CommitBlockListAsync(ids, commit, cancellationToken)).Value);
        }
        catch (RequestFailedException e) when (e.Status == 412 || e.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            throw condition.MustBeAbsent
                ? BlobConditionException.Exists(name, e)
                : BlobConditionException.Changed(name, condition.ETag ?? "any", null, e);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another writer's commit discards blocks that are staged but not committed.
            condition.Check(name, (await FindAsync(name, cancellationToken))?.ETag);
            throw new StorageException(StorageFault.Unavailable, $"Another upload of {name} to {Description} came in between.", "Upload it again.", e);
        }
        catch (Exception e) when (AzureErrors.Translate(e, name, Description) is { } translated)
        {
            throw translated;
        }
    }

    private async Task MakeContainerAsync(CancellationToken cancellationToken)
    {
        if (!containerMade)
        {
            try
            {
                await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            }
            catch (RequestFailedException e) when (e.Status == 403)
            {
                // A signature for one container is good for its blobs, but not for making it: the upload will tell.
            }

            containerMade = true;
        }
    }

    /// <summary>Does it; if the container has gone meanwhile (deleted, or lost with a crash), makes it anew and tries once more.</summary>
    private async Task<T> InContainerAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request();
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            containerMade = false;
            await MakeContainerAsync(cancellationToken);
            return await request();
        }
    }

    private async Task<(List<string> Ids, long Size)> StageAsync(
        BlockBlobClient blob, byte[] block, Stream content, IncrementalHash hash, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (ids, size, staging) = (new List<string>(), 0L, new Queue<Task>());
        var upload = Guid.NewGuid(); // Ids of this upload only: another one of the same name stages beside it.
        try
        {
            for (; block.Length > 0; block = await ReadBlockAsync(content, hash, cancellationToken))
            {
                if (ids.Count == MaxBlocks)
                {
                    throw new StorageException(StorageFault.Other, $"{blob.Name} has more than {(long)MaxBlocks * blockSize} bytes.", "Choose a larger block size.");
                }

                if (staging.Count == BlocksUnderWay)
                {
                    await staging.Dequeue();
                }

                ids.Add(BlockId(upload, ids.Count));
                size += block.Length;
                staging.Enqueue(StageAsync(blob, ids[^1], block, stop.Token));
            }

            await Task.WhenAll(staging);
            return (ids, size);
        }
        catch
        {
            await stop.CancelAsync();
            await Task.WhenAll(staging).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    private Task StageAsync(BlockBlobClient blob, string id, byte[] block, CancellationToken cancellationToken) => InContainerAsync(async () =>
    {
        using var stream = new MemoryStream(block, writable: false);
        return await blob.StageBlockAsync(id, stream, null, cancellationToken);
    }, cancellationToken);

    private static string BlockId(Guid upload, int index)
    {
        Span<byte> id = stackalloc byte[20];
        upload.TryWriteBytes(id);
        BinaryPrimitives.WriteInt32BigEndian(id[16..], index);
        return Convert.ToBase64String(id);
    }

    /// <returns>A block of the full size; a shorter one, perhaps empty, at the end.</returns>
    private async Task<byte[]> ReadBlockAsync(Stream content, IncrementalHash hash, CancellationToken cancellationToken)
    {
        var block = new byte[blockSize];
        var read = await content.ReadAtLeastAsync(block, blockSize, throwOnEndOfStream: false, cancellationToken);
        hash.AppendData(block, 0, read);
        return read == blockSize ? block : block[..read];
    }

    private static string Finish(string name, IncrementalHash hash, string? expected)
    {
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        return expected is null || expected == sha256
            ? sha256
            : throw new StorageException(
                StorageFault.Damaged, $"The content for {name} has SHA-256 {sha256}, not {expected}; it was not stored.", "Read its source again.");
    }

    private static Dictionary<string, string> Metadata(string sha256) => new() { [HashKey] = sha256 };

    private static BlobRequestConditions? Conditions(BlobWriteCondition condition) => condition switch
    {
        { MustBeAbsent: true } => new() { IfNoneMatch = ETag.All },
        { ETag: { } etag } => new() { IfMatch = new ETag(etag) },
        _ => null,
    };

    private static BlobProperties Properties(string name, long size, string sha256, BlobContentInfo info) =>
        new(name, size, sha256, Plain(info.ETag), info.LastModified);
}
