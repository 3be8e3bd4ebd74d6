using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Poa.Storage;

/// <summary>A line of a metrics log.</summary>
/// <param name="Iteration">Its iteration.</param>
/// <param name="Json">The JSON object as it was appended, UTF-8, without line end.</param>
public readonly record struct MetricsRecord(long Iteration, byte[] Json);

/// <summary>Reads what <see cref="MetricsLog"/> writes.</summary>
public static class MetricsReader
{
    /// <summary>All flushed records with an iteration above <paramref name="after"/>, ascending; earlier chunks are not fetched.</summary>
    /// <exception cref="StorageException">The store fails, or a chunk is damaged.</exception>
    public static async IAsyncEnumerable<MetricsRecord> ReadAsync(
        IBlobStore blobs, string run, long after = -1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var firstChunk = BlobLayout.MetricsChunk(run, MetricsLog.FirstOfChunk(Math.Max(after + 1, 0)));
        await foreach (var blob in blobs.ListAsync(BlobLayout.Metrics(run), cancellationToken))
        {
            if (string.CompareOrdinal(blob.Name, firstChunk) < 0)
            {
                continue;
            }

            await foreach (var record in ReadChunkAsync(blobs, blob.Name, cancellationToken))
            {
                if (record.Iteration > after)
                {
                    yield return record;
                }
            }
        }
    }

    /// <summary>Records of one chunk; none if it does not exist.</summary>
    internal static async IAsyncEnumerable<MetricsRecord> ReadChunkAsync(
        IBlobStore blobs, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        try
        {
            await using var stream = await blobs.OpenReadAsync(name, null, cancellationToken);
            await stream.CopyToAsync(bytes, cancellationToken);
        }
        catch (BlobNotFoundException)
        {
            yield break;
        }

        var rest = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        for (var number = 1; !rest.IsEmpty; number++)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            if (end < 0 || IterationOf(line.Span) is not { } iteration)
            {
                throw new StorageException(
                    StorageFault.Damaged,
                    $"Line {number} of the metrics log {name} in {blobs.Description} is {(end < 0 ? "cut off" : "no JSON object with an iteration")}.",
                    "Delete this blob to go on without these records.");
            }

            yield return new(iteration, line.ToArray());
            rest = rest[(end + 1)..];
        }
    }

    /// <returns>The number in the property <c>iteration</c> of a JSON object; null if the text is no such thing.</returns>
    internal static long? IterationOf(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            long? iteration = null;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    var found = reader.CurrentDepth == 1 && reader.ValueTextEquals("iteration"u8);
                    reader.Read();
                    if (found)
                    {
                        iteration = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= 0 ? value : null;
                    }
                    else
                    {
                        reader.Skip();
                    }
                }
            }

            return iteration;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
