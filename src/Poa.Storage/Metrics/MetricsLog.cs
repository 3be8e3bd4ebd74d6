using System.Buffers;

namespace Poa.Storage;

/// <summary>
/// Appends a run's metrics, one JSON object per line, to the blobs <c>runs/{run}/metrics/{firstIteration}.jsonl</c>. A chunk covers
/// <see cref="ChunkIterations"/> iterations beginning at a multiple of it, so a flush writes at most that many lines again, and a run
/// that resumes knows from the iteration alone which chunk it re-enters.
/// <see cref="Append"/> may be called from another thread than <see cref="FlushAsync"/>; one writer per run at a time.
/// </summary>
public sealed class MetricsLog
{
    /// <summary>Iterations per chunk.</summary>
    public const int ChunkIterations = 256;

    private readonly IBlobStore blobs;
    private readonly string run;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim flushing = new(1, 1);
    private readonly SortedDictionary<long, Chunk> unwritten = [];

    private MetricsLog(IBlobStore blobs, string run, long nextIteration) => (this.blobs, this.run, NextIteration) = (blobs, run, nextIteration);

    /// <summary>Smallest iteration that may be appended.</summary>
    public long NextIteration { get; private set; }

    /// <summary>
    /// Opens the log to go on at <paramref name="iteration"/> (0 for a new run): records at or after it are dropped, later chunks
    /// first, so that a kill on the way leaves a log without gaps.
    /// </summary>
    /// <exception cref="StorageException">The store fails, or the chunk to be re-entered is damaged.</exception>
    public static async Task<MetricsLog> OpenAsync(IBlobStore blobs, string run, long iteration, CancellationToken cancellationToken = default)
    {
        var log = new MetricsLog(blobs, run, iteration);
        var first = FirstOfChunk(iteration);
        var chunk = new Chunk();
        var tooMany = false;
        await foreach (var (at, line) in MetricsReader.ReadChunkAsync(blobs, BlobLayout.MetricsChunk(run, first), cancellationToken))
        {
            tooMany |= at >= iteration;
            if (at < iteration)
            {
                chunk.Add(line);
            }
        }

        var later = new List<string>();
        await foreach (var blob in blobs.ListAsync(BlobLayout.Metrics(run), cancellationToken))
        {
            if (string.CompareOrdinal(blob.Name, BlobLayout.MetricsChunk(run, first)) > 0)
            {
                later.Add(blob.Name);
            }
        }

        foreach (var name in Enumerable.Reverse(later))
        {
            await blobs.DeleteAsync(name, null, cancellationToken);
        }

        if (tooMany)
        {
            await log.WriteAsync(first, chunk.Copy(), cancellationToken);
        }

        log.unwritten[first] = chunk;
        chunk.Dirty = false;
        return log;
    }

    /// <summary>Adds a record in memory; <see cref="FlushAsync"/> makes it last.</summary>
    /// <param name="iteration">Its iteration, above that of every record before.</param>
    /// <param name="json">
    /// A JSON object on one line, UTF-8, whose property <c>iteration</c> is <paramref name="iteration"/>; everything else in it is the
    /// caller's.
    /// </param>
    /// <exception cref="ArgumentException">The record is not of this form.</exception>
    public void Append(long iteration, ReadOnlySpan<byte> json)
    {
        var stated = MetricsReader.IterationOf(json);
        if (stated != iteration || json.Contains((byte)'\n'))
        {
            throw new ArgumentException(
                $"A metrics record is one line of JSON with \"iteration\": {iteration}; this one {(stated is null ? "states none" : $"states {stated}, or has several lines")}.", nameof(json));
        }

        lock (gate)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(iteration, NextIteration);
            var first = FirstOfChunk(iteration);
            if (!unwritten.TryGetValue(first, out var chunk))
            {
                unwritten[first] = chunk = new();
            }

            chunk.Add(json);
            NextIteration = iteration + 1;
        }
    }

    /// <summary>
    /// Writes what was appended since the last flush, older chunks first. When it returns, every record appended before the call lasts.
    /// After a failure nothing is lost: call it again.
    /// </summary>
    /// <exception cref="StorageException">The store fails.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await flushing.WaitAsync(cancellationToken);
        try
        {
            foreach (var (first, bytes) in TakeDirty())
            {
                try
                {
                    await WriteAsync(first, bytes, cancellationToken);
                }
                catch
                {
                    MarkDirty(first);
                    throw;
                }

                ForgetIfComplete(first);
            }
        }
        finally
        {
            flushing.Release();
        }
    }

    internal static long FirstOfChunk(long iteration) => iteration / ChunkIterations * ChunkIterations;

    private IEnumerable<(long First, byte[] Bytes)> TakeDirty()
    {
        long[] firsts;
        lock (gate)
        {
            firsts = [.. unwritten.Where(c => c.Value.Dirty).Select(c => c.Key)];
        }

        foreach (var first in firsts)
        {
            byte[] bytes;
            lock (gate)
            {
                bytes = unwritten[first].Copy();
                unwritten[first].Dirty = false;
            }

            yield return (first, bytes);
        }
    }

    private void MarkDirty(long first)
    {
        lock (gate)
        {
            unwritten[first].Dirty = true;
        }
    }

    private void ForgetIfComplete(long first)
    {
        lock (gate)
        {
            // Iterations only rise: a chunk behind the next iteration gets no more records.
            if (!unwritten[first].Dirty && first < FirstOfChunk(NextIteration))
            {
                unwritten.Remove(first);
            }
        }
    }

    private async Task WriteAsync(long first, byte[] bytes, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        await blobs.UploadAsync(BlobLayout.MetricsChunk(run, first), stream, BlobWriteCondition.Overwrite, null, cancellationToken);
    }

    private sealed class Chunk
    {
        private readonly ArrayBufferWriter<byte> lines = new();

        public bool Dirty { get; set; }

        public void Add(ReadOnlySpan<byte> line)
        {
            lines.Write(line);
            lines.Write("\n"u8);
            Dirty = true;
        }

        public byte[] Copy() => lines.WrittenSpan.ToArray();
    }
}
