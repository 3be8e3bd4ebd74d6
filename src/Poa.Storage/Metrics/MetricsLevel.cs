using System.Buffers;
using System.Text.Json;

namespace Poa.Storage;

/// <summary>One level of a metrics log: a line per bucket of <c>size</c> iterations.</summary>
internal sealed class MetricsLevel(IBlobStore blobs, string run, int size)
{
    private readonly string folder = $"{BlobLayout.MetricsLevels(run)}{size}/";
    private readonly SortedDictionary<long, MetricsLines> unwritten = [];
    private readonly MetricsBucket bucket = new();
    private long bucketFirst;

    /// <summary>All buckets before this iteration have their lines; a multiple of the bucket's size.</summary>
    public long Covered => bucketFirst;

    private long BlobIterations => (long)size * MetricsLevels.BucketsPerBlob;

    /// <summary>
    /// Drops buckets that reach beyond <paramref name="end"/>, later blobs first, so that a kill on the way leaves no hole, and finds out
    /// how far the others reach.
    /// </summary>
    public async Task OpenAsync(long end, CancellationToken cancellationToken)
    {
        var firsts = await MetricsBlobs.FirstsAsync(blobs, folder, cancellationToken);
        var whole = 0L;
        while (whole < firsts.Count && firsts[(int)whole] == whole * BlobIterations)
        {
            whole++;
        }

        // The last blob without a hole before it, or the one that the end falls into; those before it are full.
        var open = Math.Max(Math.Min(whole - 1, end / BlobIterations), 0) * BlobIterations;
        foreach (var later in firsts.Where(first => first > open).Reverse())
        {
            await blobs.DeleteAsync(BlobLayout.MetricsLevel(run, size, later), null, cancellationToken);
        }

        bucketFirst = open;
        if (await MetricsBlobs.ReadAsync(blobs, BlobLayout.MetricsLevel(run, size, open), cancellationToken) is { } content)
        {
            await KeepAsync(open, content, end, cancellationToken);
        }
    }

    /// <summary>Takes in the steps of complete chunks that are not in a line yet; steps before <paramref name="end"/> are all there.</summary>
    public void Add(MetricsTable table, long end)
    {
        foreach (var entry in table.Entries)
        {
            if (entry.First >= bucketFirst)
            {
                CloseUntil(entry.First / size * size);
                bucket.Add(table, entry);
            }
        }

        CloseUntil(end / size * size);
    }

    /// <summary>Writes the blobs that are complete.</summary>
    public Task WriteFullAsync(CancellationToken cancellationToken) =>
        unwritten.Count > 1 ? FlushAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Has the next flush write the lines in memory again.</summary>
    public void Rewrite()
    {
        foreach (var lines in unwritten.Values)
        {
            lines.IsDirty = true;
        }
    }

    /// <summary>Writes all lines that are not written.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var (first, lines) in unwritten.ToArray())
        {
            if (lines.IsDirty)
            {
                await MetricsBlobs.WriteAsync(blobs, BlobLayout.MetricsLevel(run, size, first), lines.Copy(), cancellationToken);
                lines.IsDirty = false;
            }

            if (first + BlobIterations <= bucketFirst)
            {
                unwritten.Remove(first);
            }
        }
    }

    /// <summary>Keeps the lines up to the end, as they are, and writes the blob again if there are others.</summary>
    private async Task KeepAsync(long open, ReadOnlyMemory<byte> content, long end, CancellationToken cancellationToken)
    {
        var (lines, kept, table) = (new MetricsLines(), 0, new MetricsTable());
        foreach (var line in MetricsBlobs.Lines(content))
        {
            if (!MetricsFormat.TryReadBucket(line.Span, table) || table.Entries[^1].First < bucketFirst || table.Entries[^1].First + size > end)
            {
                break;
            }

            lines.Add(line.Span);
            kept += line.Length + 1;
            bucketFirst = table.Entries[^1].First + size;
        }

        var name = BlobLayout.MetricsLevel(run, size, open);
        if (kept == 0)
        {
            await blobs.DeleteAsync(name, null, cancellationToken);
            return;
        }

        if (kept < content.Length)
        {
            await MetricsBlobs.WriteAsync(blobs, name, lines.Copy(), cancellationToken);
        }

        if (bucketFirst < open + BlobIterations)
        {
            lines.IsDirty = false;
            unwritten[open] = lines;
        }
    }

    /// <summary>Ends the bucket, if it lies before <paramref name="first"/>, and goes on with the one that begins there. One without steps has no line.</summary>
    private void CloseUntil(long first)
    {
        if (first <= bucketFirst)
        {
            return;
        }

        if (bucket.Count > 0)
        {
            var line = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(line))
            {
                MetricsFormat.Write(json, bucketFirst, bucket);
            }

            var blob = bucketFirst / BlobIterations * BlobIterations;
            if (!unwritten.TryGetValue(blob, out var lines))
            {
                unwritten[blob] = lines = new MetricsLines();
            }

            lines.Add(line.WrittenSpan);
            bucket.Clear();
        }

        bucketFirst = first;
    }
}
