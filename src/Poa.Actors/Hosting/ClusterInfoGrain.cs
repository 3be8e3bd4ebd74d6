using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Poa.Actors;

/// <summary>Tells clients where things lie.</summary>
[StatelessWorker(1)]
[GrainType("cluster-info")]
internal sealed class ClusterInfoGrain(IOptions<PoaActorsOptions> options, SiloStart start) : Grain, IClusterInfoGrain
{
    /// <inheritdoc/>
    public Task<ClusterInfo> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(
        new ClusterInfo(options.Value.BlobStore, SoftwareVersion.Text, start.Time));
}

/// <summary>When the silo was started.</summary>
/// <param name="Time">The time.</param>
internal sealed record SiloStart(DateTimeOffset Time);
