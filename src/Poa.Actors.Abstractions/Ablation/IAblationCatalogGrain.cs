using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>The index of all ablations, key 0. An ablation lists itself before its start is acknowledged, and with every change.</summary>
[Alias("poa.IAblationCatalogGrain")]
public interface IAblationCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Adds or replaces the entry of an ablation. An entry older than the one stored is ignored.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Put")]
    Task PutAsync(AblationEntry entry, CancellationToken cancellationToken = default);

    /// <summary>The ablations, newest first.</summary>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("List"), AlwaysInterleave]
    Task<ImmutableArray<AblationEntry>> ListAsync(int limit, CancellationToken cancellationToken = default);
}

/// <summary>An ablation in the index.</summary>
/// <param name="AblationId">Ablation id.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Benchmark">One of <see cref="Benchmarks"/>.</param>
/// <param name="Data">Data specification of the training images.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Runs">Number of runs: rows times seeds.</param>
/// <param name="Completed">Runs with all their figures.</param>
/// <param name="Failed">Runs that failed.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was started.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="CreatedBy">Who started it.</param>
/// <param name="Version">Rises with every change of the ablation.</param>
[GenerateSerializer, Immutable, Alias("poa.AblationEntry")]
public sealed record AblationEntry(
    [property: Id(0)] string AblationId,
    [property: Id(1)] string Title,
    [property: Id(2)] string Benchmark,
    [property: Id(3)] string Data,
    [property: Id(4)] int Rows,
    [property: Id(5)] int Runs,
    [property: Id(6)] int Completed,
    [property: Id(7)] int Failed,
    [property: Id(8)] AblationStatus Status,
    [property: Id(9)] DateTimeOffset CreatedAt,
    [property: Id(10)] DateTimeOffset? FinishedAt,
    [property: Id(11)] string CreatedBy,
    [property: Id(12)] long Version);
