using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Poa.Actors;

/// <summary>The index of searches. Reentrant: what many searches put at once is stored together.</summary>
[Reentrant]
[GrainType("search-catalog"), ControlPlacementFilter]
internal sealed class SearchCatalogGrain : Grain, ISearchCatalogGrain
{
    private readonly DurableIndex<SearchEntry> _searches;

    /// <summary>Made by the runtime.</summary>
    public SearchCatalogGrain(IPersistentStateFactory states, IGrainContext context) =>
        _searches = new DurableIndex<SearchEntry>(states, context, this, "searches", entry => entry.SearchId, entry => entry.Version);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _searches.Load();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PutAsync(SearchEntry entry, CancellationToken cancellationToken = default) => _searches.PutAsync(entry);

    /// <inheritdoc/>
    public Task<ImmutableArray<SearchEntry>> ListAsync(string? run, int limit, CancellationToken cancellationToken = default)
    {
        Paging.Check(offset: 0, limit);
        return Task.FromResult<ImmutableArray<SearchEntry>>([.. NewestFirst(entry => run is null || entry.Run == run).Take(limit)]);
    }

    /// <inheritdoc/>
    public Task<SearchEntry?> NewestAsync(string run, long iteration, CancellationToken cancellationToken = default) =>
        Task.FromResult(NewestFirst(entry => entry.Run == run && entry.Iteration == iteration).FirstOrDefault());

    private IOrderedEnumerable<SearchEntry> NewestFirst(Func<SearchEntry, bool> isAsked) =>
        _searches.Entries.Where(isAsked).OrderByDescending(entry => entry.CreatedAt).ThenBy(entry => entry.SearchId, StringComparer.Ordinal);
}
