using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Poa.Storage;

/// <summary>A line of a metrics log.</summary>
/// <param name="Iteration">Its iteration.</param>
/// <param name="Json">The JSON object as it was appended, UTF-8, without line end.</param>
public readonly record struct MetricsRecord(long Iteration, byte[] Json);

/// <summary>Reads what <see cref="MetricsLog"/> writes.</summary>
public static partial class MetricsReader
{
    /// <summary>
    /// Missing chunks in a row that are taken for the end. One alone may be a damaged one that was deleted; a log has no longer holes.
    /// </summary>
    internal const int LookAhead = 4;

    /// <summary>
    /// All flushed records with an iteration above <paramref name="after"/>, ascending. Only the chunks that can hold them are looked for,
    /// so that asking again and again for what is new costs the same for a long log as for a short one. A hole of
    /// more than 1,024 iterations ends the reading.
    /// </summary>
    /// <exception cref="StorageException">The store fails, or a chunk is damaged.</exception>
    public static async IAsyncEnumerable<MetricsRecord> ReadAsync(
        IBlobStore blobs, string run, long after = -1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (name, content) in ReadChunksAsync(blobs, run, Math.Max(after + 1, 0), cancellationToken))
        {
            foreach (var record in Records(blobs, name, content))
            {
                if (record.Iteration > after)
                {
                    yield return record;
                }
            }
        }
    }

    /// <summary>The chunks from the one of an iteration on.</summary>
    internal static async IAsyncEnumerable<(string Name, ReadOnlyMemory<byte> Content)> ReadChunksAsync(
        IBlobStore blobs, string run, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var missing = 0;
        for (var first = MetricsLog.FirstOfChunk(from); missing <= LookAhead && first <= BlobLayout.MaxIteration; first += MetricsLog.ChunkIterations)
        {
            var name = BlobLayout.MetricsChunk(run, first);

            // Behind the end it is cheaper to look than to open.
            var content = missing > 0 && await blobs.FindAsync(name, cancellationToken) is null
                ? null
                : await MetricsBlobs.ReadAsync(blobs, name, cancellationToken);
            missing = content is null ? missing + 1 : 0;
            if (content is { } found)
            {
                yield return (name, found);
            }
        }
    }

    /// <summary>Records of a chunk.</summary>
    /// <exception cref="StorageException">It is damaged.</exception>
    internal static IEnumerable<MetricsRecord> Records(IBlobStore blobs, string name, ReadOnlyMemory<byte> content)
    {
        foreach (var line in StepLines(blobs, name, content))
        {
            yield return IterationOf(line.Line.Span) is { } iteration ? new(iteration, line.Line.ToArray()) : throw Damaged(blobs, name, line.Number);
        }
    }

    /// <summary>Lines of a chunk with their numbers, from 1.</summary>
    /// <exception cref="StorageException">The last one is cut off.</exception>
    internal static IEnumerable<(int Number, ReadOnlyMemory<byte> Line)> StepLines(IBlobStore blobs, string name, ReadOnlyMemory<byte> content)
    {
        var (number, length) = (0, 0);
        foreach (var line in MetricsBlobs.Lines(content))
        {
            length += line.Length + 1;
            yield return (++number, line);
        }

        if (length < content.Length)
        {
            throw Damaged(blobs, name, number + 1);
        }
    }

    /// <summary>The error that stands for a line that is no record.</summary>
    internal static StorageException Damaged(IBlobStore blobs, string name, int number) => new(
        StorageFault.Damaged,
        $"Line {number} of the metrics log {name} in {blobs.Description} is cut off or no JSON object with an iteration.",
        "Delete this blob to go on without these records.");

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
