using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>
/// One device of one worker process, keyed by <see cref="ShardKey"/> and placed on the silo of that process. Passes leased work to
/// the executor of the process, and its reports to the owner of the work.
/// </summary>
[Alias("poa.IWorkerShardGrain")]
public interface IWorkerShardGrain : IGrainWithStringKey
{
    /// <summary>Wakes the shard: it registers with the scheduler and sends heartbeats. Repeated by the host as a watchdog.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Wake")]
    Task WakeAsync(CancellationToken cancellationToken = default);

    /// <summary>Begins leased work. A repeat does nothing; a lease with an older token than one seen for this work is ignored.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Accept")]
    Task AcceptAsync(WorkLease lease, CancellationToken cancellationToken = default);

    /// <summary>Asks work to stop; returns at once.</summary>
    /// <param name="request">What and why.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Stop")]
    Task StopAsync(StopRequest request, CancellationToken cancellationToken = default);

    /// <summary>Hands a report of the executor to the owner of the work, and ends the lease with the last one.</summary>
    /// <param name="owner">Who owns the work: the authority on which lease is good.</param>
    /// <param name="report">The report.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Report")]
    Task<ReportReceipt> ReportAsync(WorkOwner owner, WorkReport report, CancellationToken cancellationToken = default);

    /// <summary>
    /// Looks at data on the machine of this worker, whatever the device does meanwhile. See <see cref="IDataInspector"/>.
    /// </summary>
    /// <param name="data">Data specification.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The specification, or what it names, cannot be used.</exception>
    [Alias("InspectData"), AlwaysInterleave, ResponseTimeout("00:00:45")]
    Task<DataInspection> InspectDataAsync(string data, CancellationToken cancellationToken = default);

    /// <summary>The host goes down: takes no more work and asks what runs to stop with a checkpoint; returns at once.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Number of leases still held; 0 when the shard is empty.</returns>
    [Alias("Drain")]
    Task<int> DrainAsync(CancellationToken cancellationToken = default);
}
