using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace Poa.Actors;

/// <summary>Places a worker shard on the silo of its worker process: the one whose metadata <c>worker</c> is the worker id of the key.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WorkerPlacementFilterAttribute() : PlacementFilterAttribute(new WorkerPlacementFilterStrategy());

/// <summary>Strategy of <see cref="WorkerPlacementFilterAttribute"/>; the runtime makes it by itself.</summary>
internal sealed class WorkerPlacementFilterStrategy : PlacementFilterStrategy
{
    /// <summary>Needed by the runtime.</summary>
    public WorkerPlacementFilterStrategy()
        : base(order: 0)
    {
    }
}

/// <summary>Chooses the silos of a worker. None left means: no such worker is up, and the call fails within a second.</summary>
internal sealed class WorkerPlacementFilterDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    /// <inheritdoc/>
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var worker = ShardKey.Parse(target.GrainIdentity.Key.ToString()!).Worker;
        return silos.Where(silo => metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault(SiloRoles.WorkerKey) == worker);
    }
}
