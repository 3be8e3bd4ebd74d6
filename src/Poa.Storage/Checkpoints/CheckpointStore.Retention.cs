namespace Poa.Storage;

/// <summary>Which checkpoints of a run stay. Iteration 0 (the untrained network) and those that jobs use always do.</summary>
/// <param name="KeepLast">So many of the newest; at least 1, so that the run can always resume and the final one stays.</param>
/// <param name="KeepEvery">Those whose iteration is a multiple of this; null for none.</param>
public sealed record CheckpointRetention(int KeepLast, long? KeepEvery = null)
{
    /// <param name="iterations">Checkpoints that there are.</param>
    /// <param name="inUse">Those that jobs use.</param>
    /// <param name="newest">The run's newest: what is there after it was cut off from the run (a rollback took it back), and does not stay.</param>
    /// <returns>Those of <paramref name="iterations"/> that need not stay, ascending.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A property is below 1.</exception>
    public IReadOnlyList<long> Superfluous(IEnumerable<long> iterations, IReadOnlySet<long> inUse, long newest = BlobLayout.MaxIteration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepLast, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepEvery ?? 1, 1, nameof(KeepEvery));
        var ordered = iterations.Order().ToList();
        return
        [
            .. ordered.Where(i => i <= newest).SkipLast(KeepLast)
                .Where(i => i != 0 && !inUse.Contains(i) && (KeepEvery is not { } every || i % every != 0)),
            .. ordered.Where(i => i > newest && !inUse.Contains(i)),
        ];
    }
}

public sealed partial class CheckpointStore
{
    /// <summary>
    /// Deletes checkpoints that <paramref name="retention"/> does not keep and no job uses (<paramref name="inUse"/>), manifest first.
    /// One with a damaged manifest neither counts as kept nor is deleted: a person may want to look at it.
    /// </summary>
    /// <param name="run">Run id.</param>
    /// <param name="retention">What stays.</param>
    /// <param name="inUse">What stays besides.</param>
    /// <param name="newest">The run's newest checkpoint: those after it were cut off, and do not stay.</param>
    /// <param name="cancellationToken">Stops on the way.</param>
    /// <returns>Deleted iterations, ascending.</returns>
    public async Task<IReadOnlyList<long>> ApplyRetentionAsync(
        string run, CheckpointRetention retention, IReadOnlySet<long> inUse, long newest = BlobLayout.MaxIteration, CancellationToken cancellationToken = default)
    {
        var readable = (await ListAsync(run, null, cancellationToken)).Select(m => m.Iteration);
        var superfluous = retention.Superfluous(readable, inUse, newest);
        foreach (var iteration in superfluous)
        {
            await artifacts.WithdrawAsync(BlobLayout.Checkpoint(run, iteration), cancellationToken);
        }

        return superfluous;
    }

    /// <summary>
    /// Deletes blobs of checkpoints without a manifest, left by interrupted publications and deletions, if none of them was written in
    /// the last <paramref name="age"/> (a publication may be under way: choose it longer than the longest upload of one file).
    /// </summary>
    /// <returns>Names of the deleted blobs, in ordinal order.</returns>
    public async Task<IReadOnlyList<string>> SweepOrphansAsync(string run, TimeSpan age, CancellationToken cancellationToken = default)
    {
        var prefix = BlobLayout.Checkpoints(run);
        var all = new List<BlobProperties>();
        await foreach (var blob in blobs.ListAsync(prefix, cancellationToken))
        {
            all.Add(blob);
        }

        var before = clock.GetUtcNow() - age;
        var orphans = all.GroupBy(blob => blob.Name[..(blob.Name.LastIndexOf('/') + 1)])
            .Where(folder => folder.All(blob => blob.Name != folder.Key + BlobLayout.ManifestFile && blob.LastModified <= before))
            .SelectMany(folder => folder).Select(blob => blob.Name).ToList();
        foreach (var name in orphans)
        {
            await blobs.DeleteAsync(name, null, cancellationToken);
        }

        return orphans;
    }
}
