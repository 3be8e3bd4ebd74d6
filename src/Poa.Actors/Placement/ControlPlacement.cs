using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace Poa.Actors;

/// <summary>Places a grain on silos that keep the books, so that a worker process can be lost or busy without holding them up.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ControlPlacementFilterAttribute() : PlacementFilterAttribute(new ControlPlacementFilterStrategy());

/// <summary>Strategy of <see cref="ControlPlacementFilterAttribute"/>; the runtime makes it by itself.</summary>
internal sealed class ControlPlacementFilterStrategy : PlacementFilterStrategy
{
    /// <summary>Needed by the runtime.</summary>
    public ControlPlacementFilterStrategy()
        : base(order: 1)
    {
    }
}

/// <summary>Leaves out silos for work only, and those of which nothing is known yet.</summary>
internal sealed class ControlPlacementFilterDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    /// <inheritdoc/>
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        silos.Where(silo => metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault(SiloRoles.RoleKey) is nameof(SiloRole.Control) or nameof(SiloRole.Both));
}
