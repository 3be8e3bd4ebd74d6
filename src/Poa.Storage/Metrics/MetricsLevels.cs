namespace Poa.Storage;

/// <summary>
/// Keeps the levels of a <see cref="MetricsLog"/> at the number of complete chunks. Everything in them is a function of the records
/// alone, taken in the order of iterations, so that a log that was interrupted any number of times ends with the same bytes as one
/// that never was.
/// </summary>
internal sealed class MetricsLevels
{
    /// <summary>Iterations per bucket of each level, ascending; each is a multiple of the one before.</summary>
    public static readonly IReadOnlyList<int> Sizes = [16, MetricsLog.ChunkIterations, 4096];

    /// <summary>Buckets, and so lines, per blob.</summary>
    public const int BucketsPerBlob = 256;

    private readonly IBlobStore blobs;
    private readonly string run;
    private readonly long end;
    private readonly MetricsLevel[] levels;

    private MetricsLevels(IBlobStore blobs, string run, long end)
    {
        (this.blobs, this.run, this.end) = (blobs, run, end);
        levels = [.. Sizes.Select(size => new MetricsLevel(blobs, run, size))];
    }

    /// <summary>
    /// Drops what speaks of iterations at or after <paramref name="end"/>, the first one of a chunk. <see cref="CatchUpAsync"/> is to follow.
    /// </summary>
    public static async Task<MetricsLevels> OpenAsync(IBlobStore blobs, string run, long end, CancellationToken cancellationToken)
    {
        var levels = new MetricsLevels(blobs, run, end);
        foreach (var level in levels.levels)
        {
            await level.OpenAsync(end, cancellationToken);
        }

        return levels;
    }

    /// <summary>
    /// Sums up complete chunks that are not in the levels: those in a bucket that is still open, those that a kill left out, and all of a
    /// log that was written before there were levels.
    /// </summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        // A level that has all its buckets up to some chunk needs the chunks from its open bucket on.
        for (var first = MetricsLog.FirstOfChunk(levels.Min(level => level.Covered)); first < end; first += MetricsLog.ChunkIterations)
        {
            if (await MetricsBlobs.ReadAsync(blobs, BlobLayout.MetricsChunk(run, first), cancellationToken) is { } bytes)
            {
                Add(first, bytes);
            }

            foreach (var level in levels)
            {
                await level.WriteFullAsync(cancellationToken);
            }
        }
    }

    /// <summary>Takes in a complete chunk. A line that is no record is left out: whoever reads the chunk hears of it.</summary>
    public void Add(long first, ReadOnlyMemory<byte> chunk)
    {
        var table = new MetricsTable();
        foreach (var line in MetricsBlobs.Lines(chunk))
        {
            MetricsFormat.TryReadStep(line.Span, table);
        }

        foreach (var level in levels)
        {
            level.Add(table, first + MetricsLog.ChunkIterations);
        }
    }

    /// <summary>Has the next flush write again what is in memory.</summary>
    public void Rewrite()
    {
        foreach (var level in levels)
        {
            level.Rewrite();
        }
    }

    /// <summary>Writes what was summed up since the last time. After a failure nothing is lost: call it again.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var level in levels)
        {
            await level.FlushAsync(cancellationToken);
        }
    }
}
