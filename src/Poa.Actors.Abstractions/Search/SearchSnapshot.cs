using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Actors.Abstractions;

/// <summary>Where a search stands.</summary>
public enum SearchStatus
{
    /// <summary>It measures.</summary>
    Running,

    /// <summary>It has come to its end; see <see cref="SearchSnapshot.Ended"/>.</summary>
    Completed,

    /// <summary>It could not go on; see <see cref="SearchSnapshot.Error"/>.</summary>
    Failed,

    /// <summary>Given up on request.</summary>
    Cancelled,
}

/// <summary>A search as it stands.</summary>
[GenerateSerializer, Immutable, Alias("poa.SearchSnapshot")]
public sealed record SearchSnapshot
{
    /// <summary>What was asked for.</summary>
    [Id(0)]
    public required SearchSpecification Specification { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(1)]
    public required SearchStatus Status { get; init; }

    /// <summary>Rises with every change.</summary>
    [Id(2)]
    public required long Version { get; init; }

    /// <summary>When it was started.</summary>
    [Id(3)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended.</summary>
    [Id(4)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it came to its end, once it has: <see cref="SearchStep.Spent"/>, <see cref="SearchStep.AllMeasured"/> or <see cref="SearchStep.NothingFits"/>.</summary>
    [Id(5)]
    public SearchStep? Ended { get; init; }

    /// <summary>Why it failed, if it did.</summary>
    [Id(6)]
    public WorkError? Error { get; init; }

    /// <summary>Name of the figure; null until the first result is known.</summary>
    [Id(7)]
    public string? Metric { get; init; }

    /// <summary>Name of the best sub-network that was measured and keeps to the budget; null while there is none.</summary>
    [Id(8)]
    public string? Best { get; init; }

    /// <summary>Evaluations that it asked for.</summary>
    [Id(9)]
    public int Evaluations { get; init; }

    /// <summary>Latency measurements that it asked for.</summary>
    [Id(10)]
    public int LatencyMeasurements { get; init; }

    /// <summary>Its sweeps, oldest first.</summary>
    [Id(11)]
    public ImmutableArray<SearchRound> Rounds { get; init; } = [];

    /// <summary>Every sub-network of the grid, narrow and shallow first: what was measured, and what is predicted.</summary>
    [Id(12)]
    public ImmutableArray<SearchedSubNetwork> SubNetworks { get; init; } = [];

    /// <summary>Progress of the sweep that runs, if one does.</summary>
    [Id(13)]
    public WorkProgress? Progress { get; init; }

    /// <summary>True if nothing more happens by itself.</summary>
    public bool IsFinished => Status != SearchStatus.Running;

    /// <summary>The best sub-network with its figures; null while there is none.</summary>
    public SearchedSubNetwork? Choice => Best is null ? null : SubNetworks.FirstOrDefault(cell => cell.SubNetwork == Best);

    /// <summary>
    /// The sub-networks that are worth a look: those that keep or may keep to the budget and have a figure, and those that failed. Measured ones first,
    /// the best first.
    /// </summary>
    public IReadOnlyList<SearchedSubNetwork> Worthwhile()
    {
        var sign = Benchmarks.Describe(Specification.Benchmark).HigherIsBetter ? 1 : -1;
        return
        [
            .. SubNetworks.Where(cell => cell.IsFailed || (cell.ChanceToFit >= BudgetSearch.LeastChance && (cell.Metric ?? cell.PredictedMetric?.Value) is not null))
                .OrderBy(cell => cell.Metric is null)
                .ThenByDescending(cell => sign * (cell.Metric ?? cell.PredictedMetric?.Value))
                .ThenBy(cell => cell.Parameters),
        ];
    }
}

/// <summary>A sweep of a search.</summary>
/// <param name="SweepId">Sweep id.</param>
/// <param name="Benchmark">What it measures: the benchmark of the search, or <see cref="Benchmarks.Latency"/>.</param>
/// <param name="SubNetworks">Names of the sub-networks.</param>
/// <param name="IsFinished">Whether its results are taken up.</param>
[GenerateSerializer, Immutable, Alias("poa.SearchRound")]
public sealed record SearchRound(
    [property: Id(0)] string SweepId, [property: Id(1)] string Benchmark, [property: Id(2)] ImmutableArray<string> SubNetworks, [property: Id(3)] bool IsFinished);

/// <summary>One sub-network in a search. A figure is either measured or predicted; never both.</summary>
[GenerateSerializer, Immutable, Alias("poa.SearchedSubNetwork")]
public sealed record SearchedSubNetwork
{
    /// <summary>Its name.</summary>
    [Id(0)]
    public required string SubNetwork { get; init; }

    /// <summary>Its parameters.</summary>
    [Id(1)]
    public required long Parameters { get; init; }

    /// <summary>Its multiply-accumulates of one image of the size of the run's global crops.</summary>
    [Id(2)]
    public required long MultiplyAccumulates { get; init; }

    /// <summary>The measured figure; null if it was not measured.</summary>
    [Id(3)]
    public double? Metric { get; init; }

    /// <summary>The predicted figure; null if it was measured, or too few were to predict from.</summary>
    [Id(4)]
    public PredictedFigure? PredictedMetric { get; init; }

    /// <summary>The measured latency in milliseconds; null if it was not measured, or does not matter.</summary>
    [Id(5)]
    public double? LatencyMilliseconds { get; init; }

    /// <summary>The predicted latency in milliseconds; null if it was measured, does not matter, or too few were measured.</summary>
    [Id(6)]
    public PredictedFigure? PredictedLatencyMilliseconds { get; init; }

    /// <summary>The probability that it keeps to the budget: 0 or 1 where that is known.</summary>
    [Id(7)]
    public required double ChanceToFit { get; init; }

    /// <summary>True if its evaluation failed: the search does not ask for it again.</summary>
    [Id(8)]
    public bool IsFailed { get; init; }

    /// <summary>True if the figure was measured before the search, and so cost it nothing.</summary>
    [Id(9)]
    public bool IsKnownBefore { get; init; }
}

/// <summary>What a figure will probably be that was not measured.</summary>
/// <param name="Value">The middle.</param>
/// <param name="Low">Lower end of the interval that is meant to hold it nine times in ten.</param>
/// <param name="High">Upper end of that interval.</param>
[GenerateSerializer, Immutable, Alias("poa.PredictedFigure")]
public sealed record PredictedFigure([property: Id(0)] double Value, [property: Id(1)] double Low, [property: Id(2)] double High);
