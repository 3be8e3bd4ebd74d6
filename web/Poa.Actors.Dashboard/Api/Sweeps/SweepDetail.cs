using System.Collections.Immutable;

namespace Poa.Actors.Dashboard.Api;

/// <summary>A sweep as it stands. Its jobs, of which there may be hundreds, are listed apart.</summary>
/// <param name="Specification">What was asked for.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Version">Rises with every change.</param>
/// <param name="CreatedAt">When it was started.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Counts">How many of its jobs are in each state; states without one are left out.</param>
/// <param name="Reused">How many results were there before the sweep.</param>
/// <param name="Passes">How many passes over the data were started.</param>
/// <param name="Progress">Progress of the pass that runs, if one does.</param>
/// <param name="Events">The newest notes, oldest first.</param>
internal sealed record SweepDetail(
    SweepSpecification Specification,
    SweepStatus Status,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt,
    IReadOnlyDictionary<JobStatus, int> Counts,
    int Reused,
    int Passes,
    WorkProgress? Progress,
    ImmutableArray<RunEvent> Events)
{
    /// <summary>A sweep for the wire.</summary>
    public static SweepDetail Of(SweepSnapshot sweep) => new(
        sweep.Specification, sweep.Status, sweep.Version, sweep.CreatedAt, sweep.FinishedAt, CountsOf(sweep), sweep.Jobs.Count(job => job.IsReused),
        sweep.Passes, sweep.Progress, sweep.Events);

    /// <summary>How many jobs are in each state.</summary>
    public static IReadOnlyDictionary<JobStatus, int> CountsOf(SweepSnapshot sweep) =>
        sweep.Jobs.CountBy(job => job.Status).ToImmutableSortedDictionary();
}

/// <summary>One page of the jobs of a sweep.</summary>
/// <param name="Total">How many fit, over all pages.</param>
/// <param name="Counts">How many jobs are in each state, whether asked for or not.</param>
/// <param name="Entries">The page, in the order of the selection.</param>
internal sealed record SweepJobPage(int Total, IReadOnlyDictionary<JobStatus, int> Counts, IReadOnlyList<SweepJob> Entries);

/// <summary>One event of following a sweep.</summary>
/// <param name="Version">Version of the sweep.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Counts">How many of its jobs are in each state.</param>
/// <param name="Progress">Progress of the pass that runs, if one does.</param>
/// <param name="Jobs">In the first event of a connection every job, in later ones those that have changed.</param>
internal sealed record SweepUpdate(
    long Version, SweepStatus Status, IReadOnlyDictionary<JobStatus, int> Counts, WorkProgress? Progress, IReadOnlyList<SweepJob> Jobs);
