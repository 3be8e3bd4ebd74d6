namespace Poa.Storage;

/// <summary>
/// Appends a run's metrics, one JSON object per line, to the blobs <c>runs/{run}/metrics/{firstIteration}.jsonl</c>. A chunk covers
/// <see cref="ChunkIterations"/> iterations beginning at a multiple of it, so a flush writes at most that many lines again, and a run
/// that resumes knows from the iteration alone which chunk it re-enters.
/// <para>
/// Beside it stand levels for readers of long stretches, <c>runs/{run}/metrics-levels/{bucket}/{firstIteration}.jsonl</c>: a line sums
/// up a bucket of 16, 256 or 4096 iterations. They follow from the chunks that are complete and are written behind them, so that they
/// never speak of a record that is not there; what a kill left out or left over is put right when the log is opened again.
/// </para>
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
    private readonly SortedDictionary<long, MetricsLines> unwritten = [];
    private readonly MetricsLevels levels;

    private MetricsLog(IBlobStore blobs, string run, long nextIteration, MetricsLevels levels) =>
        (this.blobs, this.run, NextIteration, this.levels) = (blobs, run, nextIteration, levels);

    /// <summary>Smallest iteration that may be appended.</summary>
    public long NextIteration { get; private set; }

    /// <summary>
    /// Opens the log to go on at <paramref name="iteration"/> (0 for a new run): records at or after it are dropped, later chunks
    /// first, so that a kill on the way leaves a log without gaps.
    /// </summary>
    /// <exception cref="StorageException">The store fails, or the chunk to be re-entered is damaged.</exception>
    public static async Task<MetricsLog> OpenAsync(IBlobStore blobs, string run, long iteration, CancellationToken cancellationToken = default)
    {
        var first = FirstOfChunk(iteration);

        // What is derived from records goes before them.
        var levels = await MetricsLevels.OpenAsync(blobs, run, first, cancellationToken);
        var log = new MetricsLog(blobs, run, iteration, levels);
        var chunk = new MetricsLines();
        var tooMany = false;
        var name = BlobLayout.MetricsChunk(run, first);
        var content = await MetricsBlobs.ReadAsync(blobs, name, cancellationToken) ?? ReadOnlyMemory<byte>.Empty;
        foreach (var (at, line) in MetricsReader.Records(blobs, name, content))
        {
            tooMany |= at >= iteration;
            if (at < iteration)
            {
                chunk.Add(line);
            }
        }

        foreach (var later in (await MetricsBlobs.FirstsAsync(blobs, BlobLayout.Metrics(run), cancellationToken)).Where(f => f > first).Reverse())
        {
            await blobs.DeleteAsync(BlobLayout.MetricsChunk(run, later), null, cancellationToken);
        }

        if (tooMany)
        {
            await log.WriteAsync(first, chunk.Copy(), cancellationToken);
        }

        log.unwritten[first] = chunk;
        chunk.IsDirty = false;
        await levels.CatchUpAsync(cancellationToken);
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
                unwritten[first] = chunk = new MetricsLines();
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
            }

            foreach (var (first, bytes) in TakeComplete())
            {
                levels.Add(first, bytes);
            }

            await levels.FlushAsync(cancellationToken);
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
            firsts = [.. unwritten.Where(c => c.Value.IsDirty).Select(c => c.Key)];
        }

        foreach (var first in firsts)
        {
            byte[] bytes;
            lock (gate)
            {
                bytes = unwritten[first].Copy();
                unwritten[first].IsDirty = false;
            }

            yield return (first, bytes);
        }
    }

    private void MarkDirty(long first)
    {
        lock (gate)
        {
            unwritten[first].IsDirty = true;
        }
    }

    /// <summary>Chunks that last as they are and get no more records: iterations only rise.</summary>
    private List<(long First, byte[] Bytes)> TakeComplete()
    {
        lock (gate)
        {
            List<(long First, byte[] Bytes)> complete =
                [.. unwritten.Where(c => !c.Value.IsDirty && c.Key < FirstOfChunk(NextIteration)).Select(c => (c.Key, c.Value.Copy()))];
            complete.ForEach(c => unwritten.Remove(c.First));
            return complete;
        }
    }

    private Task WriteAsync(long first, byte[] bytes, CancellationToken cancellationToken) =>
        MetricsBlobs.WriteAsync(blobs, BlobLayout.MetricsChunk(run, first), bytes, cancellationToken);
}
