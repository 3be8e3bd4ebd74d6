namespace Poa.Storage;

/// <summary>Whole metrics blobs.</summary>
internal static class MetricsBlobs
{
    /// <summary>The content of a blob; null if it does not exist.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(IBlobStore blobs, string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await blobs.OpenReadAsync(name, null, cancellationToken);
            using var bytes = new MemoryStream(stream.CanSeek ? (int)stream.Length : 0);
            await stream.CopyToAsync(bytes, cancellationToken);
            return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        }
        catch (BlobNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes a blob, over the one that may be there.</summary>
    public static async Task WriteAsync(IBlobStore blobs, string name, byte[] content, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content, writable: false);
        await blobs.UploadAsync(name, stream, BlobWriteCondition.Overwrite, null, cancellationToken);
    }

    /// <summary>First iterations of the blobs in a folder, ascending.</summary>
    public static async Task<List<long>> FirstsAsync(IBlobStore blobs, string folder, CancellationToken cancellationToken)
    {
        var firsts = new List<long>();
        await foreach (var blob in blobs.ListAsync(folder, cancellationToken))
        {
            if (blob.Name.EndsWith(".jsonl", StringComparison.Ordinal) && BlobLayout.TryIteration(blob.Name.AsSpan()[folder.Length..^".jsonl".Length], out var first))
            {
                firsts.Add(first);
            }
        }

        return firsts;
    }

    /// <summary>Lines of a blob without their ends; what is behind the last line end is cut off and left out.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> content)
    {
        for (int end; (end = content.Span.IndexOf((byte)'\n')) >= 0; content = content[(end + 1)..])
        {
            yield return content[..end];
        }
    }
}
