namespace Poa.Actors.Dashboard.Commands;

/// <summary>What somebody asks to have evaluated.</summary>
public sealed record NewSweep
{
    /// <summary>Run id.</summary>
    public required string Run { get; init; }

    /// <summary>Images to learn from, and held-out images; without effect for a benchmark that needs none.</summary>
    public EvaluationData Data { get; init; } = EvaluationData.None;

    /// <summary>One of <see cref="Benchmarks"/>.</summary>
    public string Benchmark { get; init; } = Benchmarks.Knn;

    /// <summary>Names such as <c>384x12</c>; null for the whole grid.</summary>
    public IReadOnlyList<string>? SubNetworks { get; init; }

    /// <summary>Iteration of the checkpoint; null for the newest.</summary>
    public long? Iteration { get; init; }

    /// <summary>Options of the benchmark; those left out take the run's configuration.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Compute anew what is stored.</summary>
    public bool Recompute { get; init; }

    /// <summary>Higher is served first, equal ones share the workers fairly; see <see cref="WorkPriority"/>.</summary>
    public int Priority { get; init; } = WorkPriority.Default;

    /// <summary>Id of the sweep; a new one if null. The same command with the same id twice equals once.</summary>
    public string? SweepId { get; init; }
}
