using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>The index of runs. One document: hundreds of runs are a few hundred kilobytes, written when a run changes its state.</summary>
[GrainType("run-catalog")]
internal sealed class RunCatalogGrain([PersistentState("catalog", StorageNames.Provider)] IPersistentState<RunCatalogState> storage)
    : Grain, IRunCatalogGrain
{
    private DurableState<RunCatalogState> _durable = null!;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = new DurableState<RunCatalogState>(storage, this);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task PutAsync(CatalogEntry entry, CancellationToken cancellationToken = default)
    {
        var runs = _durable.Current.Runs;
        if (!runs.TryGetValue(entry.RunId, out var known) || known.Version < entry.Version)
        {
            await _durable.SaveAsync(new RunCatalogState { Runs = runs.SetItem(entry.RunId, entry) });
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<CatalogEntry>> ListAsync(CatalogQuery query, CancellationToken cancellationToken = default) =>
        Task.FromResult<ImmutableArray<CatalogEntry>>([.. _durable.Current.Runs.Values
            .Where(entry => Matches(entry, query))
            .OrderByDescending(entry => entry.CreatedAt).ThenBy(entry => entry.RunId, StringComparer.Ordinal)
            .Take(query.Limit)]);

    /// <inheritdoc/>
    public Task ShowAsync(CatalogEntry entry, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public Task<CatalogPage> QueryAsync(CatalogQuery query, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    private static bool Matches(CatalogEntry entry, CatalogQuery query) =>
        (query.Statuses.IsDefaultOrEmpty || query.Statuses.Contains(entry.Status)) &&
        (query.Text is not { Length: > 0 } text || new[] { entry.RunId, entry.Name, entry.Data, entry.CreatedBy }
            .Any(field => field.Contains(text, StringComparison.OrdinalIgnoreCase))) &&
        query.Labels.All(label => entry.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}

/// <summary>Stored state of the index.</summary>
internal sealed record RunCatalogState
{
    /// <summary>Entries by run id.</summary>
    public ImmutableDictionary<string, CatalogEntry> Runs { get; init; } = ImmutableDictionary<string, CatalogEntry>.Empty;
}
