namespace Poa.Actors.Abstractions;

/// <summary>A grain that has work done: it hears of leases from the scheduler and of the work from the worker.</summary>
[Alias("poa.IWorkOwner")]
public interface IWorkOwner : IGrainWithStringKey
{
    /// <summary>
    /// The scheduler is about to hand the work to a shard. Safe to repeat.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False if the work is no longer wanted: the scheduler drops it.</returns>
    [Alias("LeaseGranted")]
    Task<bool> LeaseGrantedAsync(WorkLease lease, CancellationToken cancellationToken = default);

    /// <summary>
    /// The lease is lost: the worker is silent or was started anew. From here on its reports are refused. Safe to repeat.
    /// </summary>
    /// <param name="workId">The work item.</param>
    /// <param name="fencingToken">Token of the lost lease.</param>
    /// <param name="error">What happened.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Time after which the work is to be handed out again; null if this work item is done with.</returns>
    [Alias("LeaseLost")]
    Task<TimeSpan?> LeaseLostAsync(string workId, long fencingToken, WorkError error, CancellationToken cancellationToken = default);

    /// <summary>Takes in a report. A stale fencing token gives <see cref="ReportVerdict.Refused"/>, not an exception.</summary>
    /// <param name="report">The report.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Report")]
    Task<ReportReceipt> ReportAsync(WorkReport report, CancellationToken cancellationToken = default);
}
