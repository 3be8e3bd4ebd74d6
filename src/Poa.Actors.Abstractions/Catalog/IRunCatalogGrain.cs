using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>The index of all runs, key 0. A run lists itself before its creation is acknowledged.</summary>
[Alias("poa.IRunCatalogGrain")]
public interface IRunCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Adds or replaces the entry of a run. An entry older than the one stored is ignored.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Put")]
    Task PutAsync(CatalogEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Lists runs, newest first.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("List")]
    Task<ImmutableArray<CatalogEntry>> ListAsync(CatalogQuery query, CancellationToken cancellationToken = default);
}

/// <summary>A run in the index.</summary>
/// <param name="RunId">Run id.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Data">Its data specification.</param>
/// <param name="CreatedBy">Who created it.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Version">Rises with every change of the run, so that entries that arrive out of order do no harm.</param>
[GenerateSerializer, Immutable, Alias("poa.CatalogEntry")]
public sealed record CatalogEntry(
    [property: Id(0)] string RunId,
    [property: Id(1)] string Name,
    [property: Id(2)] RunStatus Status,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] string Data,
    [property: Id(5)] string CreatedBy,
    [property: Id(6)] ImmutableDictionary<string, string> Labels,
    [property: Id(7)] long Version);

/// <summary>Which runs to list; all conditions must hold.</summary>
[GenerateSerializer, Immutable, Alias("poa.CatalogQuery")]
public sealed record CatalogQuery
{
    /// <summary>Only runs in one of these states; empty for any.</summary>
    [Id(0)]
    public ImmutableArray<RunStatus> Statuses { get; init; } = [];

    /// <summary>Only runs with this text in id, name, data or creator; case does not matter.</summary>
    [Id(1)]
    public string? Text { get; init; }

    /// <summary>Only runs that carry these labels.</summary>
    [Id(2)]
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>At most this many.</summary>
    [Id(3)]
    public int Limit { get; init; } = 1000;
}
