using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>The index of all sweeps, key 0. A sweep lists itself before its start is acknowledged.</summary>
[Alias("poa.ISweepCatalogGrain")]
public interface ISweepCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Adds or replaces the entry of a sweep. An entry older than the one stored is ignored.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Put")]
    Task PutAsync(SweepEntry entry, CancellationToken cancellationToken = default);

    /// <summary>
    /// Shows how far a listed sweep is, without storing it: after a restart of the index the entry is as it was last put. An entry
    /// older than the one shown is ignored.
    /// </summary>
    /// <param name="entry">The entry with its newest counts and progress.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Show")]
    Task ShowAsync(SweepEntry entry, CancellationToken cancellationToken = default);

    /// <summary>One page of the sweeps that fit, newest first.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">Offset or limit is negative (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    [Alias("Query"), AlwaysInterleave]
    Task<SweepPage> QueryAsync(SweepQuery query, CancellationToken cancellationToken = default);
}

/// <summary>A sweep in the index.</summary>
/// <param name="SweepId">Sweep id.</param>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Iteration of the checkpoint.</param>
/// <param name="Benchmark">One of <see cref="Benchmarks"/>.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was started.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Total">How many evaluations were asked for.</param>
/// <param name="Completed">How many have a result, reused ones included.</param>
/// <param name="Failed">How many failed or are quarantined.</param>
/// <param name="Reused">How many results were there before the sweep.</param>
/// <param name="Progress">Progress of the pass that runs, if one does.</param>
/// <param name="CreatedBy">Who started it; empty for sweeps from before this was noted.</param>
/// <param name="Version">Rises with every change of the sweep, so that entries that arrive out of order do no harm.</param>
[GenerateSerializer, Immutable, Alias("poa.SweepEntry")]
public sealed record SweepEntry(
    [property: Id(0)] string SweepId,
    [property: Id(1)] string Run,
    [property: Id(2)] long Iteration,
    [property: Id(3)] string Benchmark,
    [property: Id(4)] SweepStatus Status,
    [property: Id(5)] DateTimeOffset CreatedAt,
    [property: Id(6)] DateTimeOffset? FinishedAt,
    [property: Id(7)] int Total,
    [property: Id(8)] int Completed,
    [property: Id(9)] int Failed,
    [property: Id(10)] int Reused,
    [property: Id(11)] WorkProgress? Progress,
    [property: Id(12)] string CreatedBy,
    [property: Id(13)] long Version);

/// <summary>Which sweeps to list; all conditions must hold.</summary>
[GenerateSerializer, Immutable, Alias("poa.SweepQuery")]
public sealed record SweepQuery
{
    /// <summary>Only sweeps in one of these states; empty for any.</summary>
    [Id(0)]
    public ImmutableArray<SweepStatus> Statuses { get; init; } = [];

    /// <summary>Only sweeps with this text in id, run, benchmark or creator; case does not matter.</summary>
    [Id(1)]
    public string? Text { get; init; }

    /// <summary>Only sweeps of this run; null for any.</summary>
    [Id(2)]
    public string? Run { get; init; }

    /// <summary>How many to leave out at the beginning.</summary>
    [Id(3)]
    public int Offset { get; init; }

    /// <summary>At most this many.</summary>
    [Id(4)]
    public int Limit { get; init; } = 1000;
}

/// <summary>One page of a list of sweeps.</summary>
/// <param name="Total">How many sweeps fit the query, over all pages.</param>
/// <param name="Counts">How many fit the query without its condition on the state, by state; states without a sweep are left out.</param>
/// <param name="Entries">The page, newest first.</param>
[GenerateSerializer, Immutable, Alias("poa.SweepPage")]
public sealed record SweepPage(
    [property: Id(0)] int Total,
    [property: Id(1)] ImmutableDictionary<SweepStatus, int> Counts,
    [property: Id(2)] ImmutableArray<SweepEntry> Entries);
