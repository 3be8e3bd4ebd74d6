namespace Poa.Storage;

/// <summary>Some lines of a parsed blob.</summary>
/// <param name="Table">The blob.</param>
/// <param name="First">Index of the first line.</param>
/// <param name="End">Index behind the last one.</param>
internal readonly record struct MetricsPart(MetricsTable Table, int First, int End);

/// <summary>
/// One pass over a run's metrics by the coarsest lines that serve. Blobs are fetched and parsed ahead of their use, several at a time.
/// </summary>
internal sealed class MetricsScan(IBlobStore blobs, string run, MetricsContent wanted, CancellationToken cancellationToken)
{
    private static readonly int Ahead = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly Dictionary<string, Task<MetricsTable>> started = [];

    /// <summary>The iteration behind the last record; 0 where there is none.</summary>
    public async Task<long> EndAsync()
    {
        // A level whose bucket is a chunk reaches as far as the complete chunks, in few blobs; only a log without levels is listed as a whole.
        var size = MetricsLog.ChunkIterations;
        var levels = await MetricsBlobs.FirstsAsync(blobs, $"{BlobLayout.MetricsLevels(run)}{size}/", cancellationToken);
        long end;
        if (levels.Count > 0)
        {
            var content = await MetricsBlobs.ReadAsync(blobs, BlobLayout.MetricsLevel(run, size, levels[^1]), cancellationToken);
            end = content is { } lines && LastLine(lines) is { } last ? last.First + size : levels[^1];
        }
        else
        {
            var chunks = await MetricsBlobs.FirstsAsync(blobs, BlobLayout.Metrics(run), cancellationToken);
            end = chunks.Count > 0 ? chunks[^1] : 0;
        }

        await foreach (var (name, content) in MetricsReader.ReadChunksAsync(blobs, run, end, cancellationToken))
        {
            var table = Steps(name, content);
            started[name] = Task.FromResult(table);
            end = table.Entries.Count > 0 ? Math.Max(end, table.Entries[^1].First + 1) : end;
        }

        return end;
    }

    /// <summary>
    /// All there is of the iterations from <paramref name="from"/> to before <paramref name="to"/>, ascending, without overlap: lines
    /// of the level at most, of finer ones where a bucket reaches beyond the range or is not written yet, at last single steps.
    /// </summary>
    /// <param name="from">First iteration.</param>
    /// <param name="to">Iteration behind the last.</param>
    /// <param name="level">Index in <see cref="MetricsLevels.Sizes"/>; -1 for single steps.</param>
    public async IAsyncEnumerable<MetricsPart> ReadAsync(long from, long to, int level)
    {
        var size = level < 0 ? 1 : MetricsLevels.Sizes[level];
        var bodyFirst = (from + size - 1) / size * size;
        var bodyEnd = to / size * size;
        if (bodyFirst >= bodyEnd)
        {
            bodyFirst = bodyEnd = from < to ? to : from;
        }

        await foreach (var part in FinerAsync(from, bodyFirst, level))
        {
            yield return part;
        }

        var blobIterations = level < 0 ? MetricsLog.ChunkIterations : (long)size * MetricsLevels.BucketsPerBlob;
        for (var position = bodyFirst; position < bodyEnd;)
        {
            var blob = position / blobIterations * blobIterations;
            var blobEnd = Math.Min(blob + blobIterations, bodyEnd);
            var table = await TakeAsync(blob, blobIterations, bodyEnd, level);
            if (Part(table, position, blobEnd) is { } part)
            {
                yield return part;
            }

            // Lines are written in order: what is behind the last one is not written yet.
            var covered = table.Entries.Count > 0 ? Math.Clamp(table.Entries[^1].First + size, position, blobEnd) : position;
            await foreach (var finer in FinerAsync(covered, blobEnd, level))
            {
                yield return finer;
            }

            position = blobEnd;
        }

        await foreach (var part in FinerAsync(bodyEnd, to, level))
        {
            yield return part;
        }
    }

    private async IAsyncEnumerable<MetricsPart> FinerAsync(long from, long to, int level)
    {
        if (from < to && level >= 0)
        {
            await foreach (var part in ReadAsync(from, to, level - 1))
            {
                yield return part;
            }
        }
    }

    private static MetricsPart? Part(MetricsTable table, long from, long to)
    {
        var first = FirstNotBefore(table.Entries, from);
        var end = FirstNotBefore(table.Entries, to);
        return first < end ? new(table, first, end) : null;
    }

    private static int FirstNotBefore(IReadOnlyList<MetricsEntry> entries, long iteration)
    {
        var (low, high) = (0, entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = entries[middle].First < iteration ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The blob, empty where there is none; the next ones are on their way meanwhile.</summary>
    private Task<MetricsTable> TakeAsync(long blob, long blobIterations, long end, int level)
    {
        for (var i = 0; i < Ahead && blob + i * blobIterations < end; i++)
        {
            var next = Name(blob + i * blobIterations, level);
            if (!started.ContainsKey(next))
            {
                started[next] = Task.Run(() => FetchAsync(next, level), cancellationToken);
            }
        }

        return started.Remove(Name(blob, level), out var table) ? table : throw new InvalidOperationException($"{blob} was not started.");
    }

    private string Name(long first, int level) =>
        level < 0 ? BlobLayout.MetricsChunk(run, first) : BlobLayout.MetricsLevel(run, MetricsLevels.Sizes[level], first);

    private async Task<MetricsTable> FetchAsync(string name, int level)
    {
        var content = await MetricsBlobs.ReadAsync(blobs, name, cancellationToken);
        return content is not { } found ? new MetricsTable() : level < 0 ? Steps(name, found) : Buckets(found);
    }

    private MetricsTable Steps(string name, ReadOnlyMemory<byte> content)
    {
        var table = new MetricsTable(wanted);
        foreach (var (number, line) in MetricsReader.StepLines(blobs, name, content))
        {
            if (!MetricsFormat.TryReadStep(line.Span, table))
            {
                throw MetricsReader.Damaged(blobs, name, number);
            }
        }

        return table;
    }

    /// <summary>Buckets up to the first line that is damaged: what they sum up can be had from the records.</summary>
    private MetricsTable Buckets(ReadOnlyMemory<byte> content)
    {
        var table = new MetricsTable(wanted);
        foreach (var line in MetricsBlobs.Lines(content))
        {
            if (!MetricsFormat.TryReadBucket(line.Span, table))
            {
                break;
            }
        }

        return table;
    }

    private static MetricsEntry? LastLine(ReadOnlyMemory<byte> content)
    {
        var lines = content.Span.TrimEnd((byte)'\n');
        var table = new MetricsTable();
        return MetricsFormat.TryReadBucket(lines[(lines.LastIndexOf((byte)'\n') + 1)..], table) ? table.Entries[0] : null;
    }
}
