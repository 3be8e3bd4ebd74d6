using Poa.Actors.Client;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Live;

/// <summary>Reads from the cluster and its blob store.</summary>
internal sealed class ClientRunSource(PoaClient poa) : IRunSource
{
    /// <inheritdoc/>
    public Task<RunSnapshot> GetAsync(string run, CancellationToken cancellationToken) => poa.Runs.GetAsync(run, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RunUpdate> WatchAsync(string run, long afterPosition, CancellationToken cancellationToken) =>
        poa.Runs.WatchAsync(run, afterPosition, cancellationToken);

    /// <inheritdoc/>
    public Task<MetricsSeries> SeriesAsync(string run, long from, int maxPoints, CancellationToken cancellationToken) =>
        poa.Runs.SeriesAsync(run, from, to: null, maxPoints, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, long>> SampleCountsAsync(string run, CancellationToken cancellationToken) =>
        poa.Runs.SampleCountsAsync(run, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ShardStanding>> ShardsAsync(CancellationToken cancellationToken) => poa.Workers.ListAsync(cancellationToken);
}
