using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Poa.Actors;

/// <summary>The index of runs. Reentrant: what many runs put at once is stored together. Its upgrade is in the part <c>Upgrade</c>.</summary>
[Reentrant]
[GrainType("run-catalog"), ControlPlacementFilter]
internal sealed partial class RunCatalogGrain : Grain, IRunCatalogGrain
{
    private readonly DurableIndex<CatalogEntry> _runs;
    private readonly IPersistentState<RunCatalogState> _oneDocument;
    private readonly ILogger _logger;

    /// <summary>Made by the runtime.</summary>
    public RunCatalogGrain(
        IPersistentStateFactory states,
        IGrainContext context,
        [PersistentState("catalog", StorageNames.Provider)] IPersistentState<RunCatalogState> oneDocument,
        ILogger<RunCatalogGrain> logger)
    {
        _runs = new DurableIndex<CatalogEntry>(states, context, this, "runs", entry => entry.RunId, entry => entry.Version);
        _oneDocument = oneDocument;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _runs.Load();
        BeginUpgrade();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PutAsync(CatalogEntry entry, CancellationToken cancellationToken = default) => _runs.PutAsync(entry);

    /// <inheritdoc/>
    public Task ShowAsync(CatalogEntry entry, CancellationToken cancellationToken = default)
    {
        _runs.Show(entry);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<CatalogEntry>> ListAsync(CatalogQuery query, CancellationToken cancellationToken = default) =>
        Task.FromResult(CatalogQueries.Page(All, query).Entries);

    /// <inheritdoc/>
    public Task<CatalogPage> QueryAsync(CatalogQuery query, CancellationToken cancellationToken = default) =>
        Task.FromResult(CatalogQueries.Page(All, query));
}
