namespace Poa.Actors.Dashboard.Commands;

/// <summary>What a search that somebody asks for is to find.</summary>
public sealed record NewSearch
{
    /// <summary>Run id.</summary>
    public required string Run { get; init; }

    /// <summary>Images to learn from, and held-out images.</summary>
    public required EvaluationData Data { get; init; }

    /// <summary>The limits; one that is null does not matter.</summary>
    public required SearchBudget Budget { get; init; }

    /// <summary>The benchmark whose figure makes a sub-network the best: one of <see cref="Benchmarks.Searchable"/>.</summary>
    public string Benchmark { get; init; } = Benchmarks.Knn;

    /// <summary>Name of the figure; null for the one that results show first.</summary>
    public string? Metric { get; init; }

    /// <summary>How many evaluations it may ask for; null for a third of the run's sub-networks, at most twelve.</summary>
    public int? Evaluations { get; init; }

    /// <summary>Iteration of the checkpoint; null for the newest.</summary>
    public long? Iteration { get; init; }

    /// <summary>Options of the benchmark; those left out take the run's configuration.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Options of the latency measurements, where the budget limits latency.</summary>
    public IReadOnlyDictionary<string, string>? LatencyOptions { get; init; }

    /// <summary>Higher is served first; see <see cref="WorkPriority"/>.</summary>
    public int Priority { get; init; } = WorkPriority.Default;

    /// <summary>Id of the search; a new one if null. The same command with the same id twice equals once.</summary>
    public string? SearchId { get; init; }
}
