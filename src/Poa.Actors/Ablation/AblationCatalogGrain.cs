using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Poa.Actors;

/// <summary>The index of ablations. Reentrant: what many ablations put at once is stored together.</summary>
[Reentrant]
[GrainType("ablation-catalog"), ControlPlacementFilter]
internal sealed class AblationCatalogGrain : Grain, IAblationCatalogGrain
{
    private readonly DurableIndex<AblationEntry> _ablations;

    /// <summary>Made by the runtime.</summary>
    public AblationCatalogGrain(IPersistentStateFactory states, IGrainContext context) =>
        _ablations = new DurableIndex<AblationEntry>(states, context, this, "ablations", entry => entry.AblationId, entry => entry.Version);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ablations.Load();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PutAsync(AblationEntry entry, CancellationToken cancellationToken = default) => _ablations.PutAsync(entry);

    /// <inheritdoc/>
    public Task<ImmutableArray<AblationEntry>> ListAsync(int limit, CancellationToken cancellationToken = default)
    {
        Paging.Check(offset: 0, limit);
        return Task.FromResult<ImmutableArray<AblationEntry>>(
            [.. _ablations.Entries.OrderByDescending(entry => entry.CreatedAt).ThenBy(entry => entry.AblationId, StringComparer.Ordinal).Take(limit)]);
    }
}
