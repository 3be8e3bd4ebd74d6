using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>Stored state of an ablation.</summary>
internal sealed record AblationState
{
    /// <summary>What was asked for; null before the ablation is started.</summary>
    public AblationSpecification? Specification { get; init; }

    public AblationStatus Status { get; init; }

    /// <summary>It was given up; what has not ended is being stopped.</summary>
    public bool IsCancelling { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Name of the figure; null until a result is known.</summary>
    public string? Metric { get; init; }

    /// <summary>Its runs, row by row, the seeds within. Their progress is not stored.</summary>
    public ImmutableArray<AblationRun> Runs { get; init; } = [];

    /// <summary>Rises with every write.</summary>
    public long Version { get; init; }

    /// <summary>The runs that an ablation begins with.</summary>
    /// <param name="specification">What is asked for.</param>
    public static ImmutableArray<AblationRun> RunsOf(AblationSpecification specification) =>
    [
        .. from row in specification.Rows
           from seed in specification.Seeds
           select new AblationRun { Row = row.Name, Seed = seed, Run = AblationId.RunOf(specification.AblationId, row.Name, seed) },
    ];
}
