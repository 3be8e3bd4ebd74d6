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

    /// <summary>
    /// Complete chunks that are kept in memory. A store that crashed may have lost what it had acknowledged in its last seconds: before a chunk
    /// is let go it is looked after once more.
    /// </summary>
    private const int KeptChunks = 2;

    private readonly IBlobStore blobs;
    private readonly string run;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim flushing = new(1, 1);
    private readonly SortedDictionary<long, MetricsLines> chunks = [];
    private readonly MetricsLevels levels;
    private long summed;

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

        log.chunks[first] = chunk;
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
            if (!chunks.TryGetValue(first, out var chunk))
            {
                chunks[first] = chunk = new MetricsLines();
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
    public Task FlushAsync(CancellationToken cancellationToken = default) => InTurnAsync(() => WriteAllAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// For the end of a run: flushes, and makes good what the store has lost meanwhile of what it had acknowledged lately. Earlier chunks
    /// were looked after on the way.
    /// </summary>
    /// <exception cref="StorageException">The store fails.</exception>
    public Task SettleAsync(CancellationToken cancellationToken = default) => InTurnAsync(
        async () =>
        {
            levels.Rewrite();
            await WriteAllAsync(cancellationToken);
            foreach (var (first, bytes) in Written())
            {
                await MakeGoodAsync(first, bytes, cancellationToken);
            }
        },
        cancellationToken);

    internal static long FirstOfChunk(long iteration) => iteration / ChunkIterations * ChunkIterations;

    private async Task InTurnAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        await flushing.WaitAsync(cancellationToken);
        try
        {
            await write();
        }
        finally
        {
            flushing.Release();
        }
    }

    private async Task WriteAllAsync(CancellationToken cancellationToken)
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
        foreach (var (first, bytes) in Superfluous())
        {
            await MakeGoodAsync(first, bytes, cancellationToken);
            Drop(first);
        }
    }

    private IEnumerable<(long First, byte[] Bytes)> TakeDirty()
    {
        long[] firsts;
        lock (gate)
        {
            firsts = [.. chunks.Where(c => c.Value.IsDirty).Select(c => c.Key)];
        }

        foreach (var first in firsts)
        {
            byte[] bytes;
            lock (gate)
            {
                bytes = chunks[first].Copy();
                chunks[first].IsDirty = false;
            }

            yield return (first, bytes);
        }
    }

    private void MarkDirty(long first)
    {
        lock (gate)
        {
            chunks[first].IsDirty = true;
        }
    }

    /// <summary>Chunks that are written, get no more records, since iterations only rise, and are not in the levels yet.</summary>
    private List<(long First, byte[] Bytes)> TakeComplete()
    {
        lock (gate)
        {
            List<(long First, byte[] Bytes)> complete = [.. Complete().Where(c => c.Key >= summed).Select(c => (c.Key, c.Value.Copy()))];
            summed = complete.Count > 0 ? complete[^1].First + ChunkIterations : summed;
            return complete;
        }
    }

    private List<(long First, byte[] Bytes)> Superfluous()
    {
        lock (gate)
        {
            return [.. Complete().SkipLast(KeptChunks).Select(c => (c.Key, c.Value.Copy()))];
        }
    }

    private List<(long First, byte[] Bytes)> Written()
    {
        lock (gate)
        {
            return [.. chunks.Where(c => !c.Value.IsDirty).Select(c => (c.Key, c.Value.Copy()))];
        }
    }

    private IEnumerable<KeyValuePair<long, MetricsLines>> Complete() => chunks.Where(c => !c.Value.IsDirty && c.Key < FirstOfChunk(NextIteration));

    private void Drop(long first)
    {
        lock (gate)
        {
            chunks.Remove(first);
        }
    }

    /// <summary>Writes a chunk again if the store has another one: chunks only grow, so that their sizes tell.</summary>
    private async Task MakeGoodAsync(long first, byte[] bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length > 0 && (await blobs.FindAsync(BlobLayout.MetricsChunk(run, first), cancellationToken))?.Size != bytes.Length)
        {
            await WriteAsync(first, bytes, cancellationToken);
        }
    }

    private Task WriteAsync(long first, byte[] bytes, CancellationToken cancellationToken) =>
        MetricsBlobs.WriteAsync(blobs, BlobLayout.MetricsChunk(run, first), bytes, cancellationToken);
}
