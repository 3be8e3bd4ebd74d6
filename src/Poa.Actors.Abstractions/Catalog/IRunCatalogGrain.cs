using System.Collections.Immutable;
using Orleans.Concurrency;

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

    /// <summary>
    /// Shows the progress of a run that is listed, without storing it: after a restart of the index the entry is as it was last put.
    /// An entry of a run that is not listed, or older than the one shown, is ignored.
    /// </summary>
    /// <param name="entry">The entry with its newest progress.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Show")]
    Task ShowAsync(CatalogEntry entry, CancellationToken cancellationToken = default);

    /// <summary>The entries of <see cref="QueryAsync"/> without the counts.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("List"), AlwaysInterleave]
    Task<ImmutableArray<CatalogEntry>> ListAsync(CatalogQuery query, CancellationToken cancellationToken = default);

    /// <summary>One page of the runs that fit, with their number and how many there are in each state.</summary>
    /// <param name="query">Which ones, in which order.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">Offset or limit is negative (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    [Alias("Query"), AlwaysInterleave]
    Task<CatalogPage> QueryAsync(CatalogQuery query, CancellationToken cancellationToken = default);
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
    [property: Id(7)] long Version)
{
    /// <summary>The most values that <see cref="LossTrend"/> holds.</summary>
    public const int MaxTrend = 48;

    /// <summary>Latest progress, if any was reported.</summary>
    [Id(8)]
    public WorkProgress? Progress { get; init; }

    /// <summary>
    /// Training loss at equal distances over the run so far, oldest first, at most <see cref="MaxTrend"/> values. Not finite where
    /// the loss was not.
    /// </summary>
    [Id(9)]
    public ImmutableArray<float> LossTrend { get; init; } = [];

    /// <summary>When a worker first took it up.</summary>
    [Id(10)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it finished.</summary>
    [Id(11)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How many checkpoints exist.</summary>
    [Id(12)]
    public int CheckpointCount { get; init; }

    /// <summary>Why it failed, if it did.</summary>
    [Id(13)]
    public WorkError? Error { get; init; }
}

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

    /// <summary>What to sort by. Runs without a value come last either way; equal ones come newest first.</summary>
    [Id(4)]
    public CatalogSort Sort { get; init; }

    /// <summary>Smallest, first in the alphabet or oldest first; otherwise the other way round.</summary>
    [Id(5)]
    public bool Ascending { get; init; }

    /// <summary>How many to leave out at the beginning.</summary>
    [Id(6)]
    public int Offset { get; init; }
}

/// <summary>What a list of runs is sorted by.</summary>
public enum CatalogSort
{
    /// <summary>When the run was created.</summary>
    Created,

    /// <summary>Its name, or its id if it has none; case does not matter.</summary>
    Name,

    /// <summary>Its state, in the order of <see cref="RunStatus"/>.</summary>
    Status,

    /// <summary>The part of its iterations that is done.</summary>
    Progress,

    /// <summary>The last training loss.</summary>
    Loss,

    /// <summary>The last rate in images per second.</summary>
    ImagesPerSecond,
}

/// <summary>One page of a list of runs.</summary>
/// <param name="Total">How many runs fit the query, over all pages.</param>
/// <param name="Counts">How many fit the query without its condition on the state, by state; states without a run are left out.</param>
/// <param name="Entries">The page, in the order asked for.</param>
[GenerateSerializer, Immutable, Alias("poa.CatalogPage")]
public sealed record CatalogPage(
    [property: Id(0)] int Total,
    [property: Id(1)] ImmutableDictionary<RunStatus, int> Counts,
    [property: Id(2)] ImmutableArray<CatalogEntry> Entries);
