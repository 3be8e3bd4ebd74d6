namespace Poa.Actors;

/// <summary>Entries of the sweep index and queries over them.</summary>
internal static class SweepEntries
{
    /// <summary>The entry of a sweep as it stands.</summary>
    public static SweepEntry Of(SweepSnapshot sweep) => new(
        sweep.Specification.SweepId,
        sweep.Specification.Run,
        sweep.Specification.Iteration,
        sweep.Specification.Benchmark,
        sweep.Status,
        sweep.CreatedAt,
        sweep.FinishedAt,
        sweep.Jobs.Length,
        sweep.Count(JobStatus.Completed),
        sweep.Count(JobStatus.Failed) + sweep.Count(JobStatus.Quarantined),
        sweep.Jobs.Count(job => job.IsReused),
        sweep.Progress,
        sweep.Specification.CreatedBy,
        sweep.Version);

    /// <summary>One page of the entries that fit, newest first.</summary>
    /// <exception cref="PoaException">Offset or limit is negative.</exception>
    public static SweepPage Page(IEnumerable<SweepEntry> entries, SweepQuery query)
    {
        Paging.Check(query.Offset, query.Limit);
        var anyStatus = entries.Where(entry =>
            (query.Run is null || entry.Run == query.Run) &&
            Paging.HasText(query.Text, entry.SweepId, entry.Run, entry.Benchmark, entry.CreatedBy)).ToList();
        var chosen = query.Statuses.IsDefaultOrEmpty ? anyStatus : anyStatus.FindAll(entry => query.Statuses.Contains(entry.Status));
        return new SweepPage(
            chosen.Count,
            Paging.Counts(anyStatus, entry => entry.Status),
            [.. chosen
                .OrderByDescending(entry => entry.CreatedAt).ThenBy(entry => entry.SweepId, StringComparer.Ordinal)
                .Skip(query.Offset).Take(query.Limit)]);
    }
}
