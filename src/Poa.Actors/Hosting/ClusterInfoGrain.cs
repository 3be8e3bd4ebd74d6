using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Poa.Actors;

/// <summary>Tells clients where things lie.</summary>
[StatelessWorker(1)]
[GrainType("cluster-info")]
internal sealed class ClusterInfoGrain(IOptions<PoaActorsOptions> options, SiloStart start, ISiloStatusOracle silos, ISiloMetadataCache metadata) : Grain, IClusterInfoGrain
{
    /// <inheritdoc/>
    public Task<ClusterInfo> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(
        new ClusterInfo(options.Value.BlobStore, SoftwareVersion.Text, start.Time));

    /// <inheritdoc/>
    public Task<ImmutableArray<SiloStanding>> GetSilosAsync(CancellationToken cancellationToken = default) => Task.FromResult<ImmutableArray<SiloStanding>>(
    [
        .. silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(Standing).OrderBy(silo => silo.Name, StringComparer.Ordinal),
    ]);

    private SiloStanding Standing(SiloAddress silo)
    {
        var facts = metadata.GetSiloMetadata(silo).Metadata;
        return new SiloStanding(
            silos.TryGetSiloName(silo, out var name) ? name : silo.ToString(),
            facts.GetValueOrDefault(SiloRoles.RoleKey, ""),
            facts.GetValueOrDefault(SiloRoles.VersionKey, ""));
    }
}

/// <summary>When the silo was started.</summary>
/// <param name="Time">The time.</param>
internal sealed record SiloStart(DateTimeOffset Time);
