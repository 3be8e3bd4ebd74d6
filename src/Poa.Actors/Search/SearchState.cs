using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Actors;

/// <summary>Stored state of a search.</summary>
internal sealed record SearchState
{
    /// <summary>What was asked for; null before the search is started.</summary>
    public SearchSpecification? Specification { get; init; }

    /// <summary>The run's configuration, which says what the grid is.</summary>
    public string ConfigurationYaml { get; init; } = "";

    /// <summary>The weights that are meant: stored results of others, which a rollback has cut off, do not count.</summary>
    public string? CheckpointSha256 { get; init; }

    public SearchStatus Status { get; init; }

    /// <summary>It was given up; the sweep that runs is being stopped.</summary>
    public bool IsCancelling { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public SearchStep? Ended { get; init; }

    public WorkError? Error { get; init; }

    public SearchFindings Findings { get; init; } = new();

    /// <summary>Its sweeps, oldest first. A sweep is noted here before it is started.</summary>
    public ImmutableArray<SearchRound> Rounds { get; init; } = [];

    /// <summary>Rises with every write.</summary>
    public long Version { get; init; }

    /// <summary>The sweep whose results are waited for; null if there is none.</summary>
    public SearchRound? Open => Rounds is [.., { IsFinished: false } open] ? open : null;
}

/// <summary>What a search has found out, by name of the sub-network.</summary>
internal sealed record SearchFindings
{
    /// <summary>Results from before the search have been looked up.</summary>
    public bool HasLooked { get; init; }

    /// <summary>Name of the figure; null until a result is known.</summary>
    public string? Metric { get; init; }

    public ImmutableSortedDictionary<string, double> Metrics { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Sub-networks whose figure was there before the search.</summary>
    public ImmutableArray<string> Before { get; init; } = [];

    /// <summary>Milliseconds.</summary>
    public ImmutableSortedDictionary<string, double> Latencies { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Sub-networks that could not be measured.</summary>
    public ImmutableArray<string> Failed { get; init; } = [];

    public int Evaluations { get; init; }

    public int LatencyMeasurements { get; init; }
}
