using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>The index of all searches, key 0. A search lists itself before its start is acknowledged, and at its end.</summary>
[Alias("poa.ISearchCatalogGrain")]
public interface ISearchCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Adds or replaces the entry of a search. An entry older than the one stored is ignored.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Put")]
    Task PutAsync(SearchEntry entry, CancellationToken cancellationToken = default);

    /// <summary>The searches of a run, newest first.</summary>
    /// <param name="run">Run id; null for those of all runs.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("List"), AlwaysInterleave]
    Task<ImmutableArray<SearchEntry>> ListAsync(string? run, int limit, CancellationToken cancellationToken = default);

    /// <summary>The newest search over a checkpoint; null if there is none.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Newest"), AlwaysInterleave]
    Task<SearchEntry?> NewestAsync(string run, long iteration, CancellationToken cancellationToken = default);
}

/// <summary>A search in the index.</summary>
/// <param name="SearchId">Search id.</param>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Iteration of the checkpoint.</param>
/// <param name="Benchmark">One of <see cref="Benchmarks"/>.</param>
/// <param name="Budget">The limits.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Best">The best sub-network, once it has ended.</param>
/// <param name="CreatedAt">When it was started.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="CreatedBy">Who started it.</param>
/// <param name="Version">Rises with every change of the search.</param>
[GenerateSerializer, Immutable, Alias("poa.SearchEntry")]
public sealed record SearchEntry(
    [property: Id(0)] string SearchId,
    [property: Id(1)] string Run,
    [property: Id(2)] long Iteration,
    [property: Id(3)] string Benchmark,
    [property: Id(4)] SearchBudget Budget,
    [property: Id(5)] SearchStatus Status,
    [property: Id(6)] string? Best,
    [property: Id(7)] DateTimeOffset CreatedAt,
    [property: Id(8)] DateTimeOffset? FinishedAt,
    [property: Id(9)] string CreatedBy,
    [property: Id(10)] long Version);
