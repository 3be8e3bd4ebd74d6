using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Actors.Abstractions;

/// <summary>Where an ablation stands.</summary>
public enum AblationStatus
{
    /// <summary>Runs train or are measured.</summary>
    Running,

    /// <summary>Every run has all its figures.</summary>
    Completed,

    /// <summary>All runs have ended, some without all their figures.</summary>
    CompletedWithFailures,

    /// <summary>Given up on request.</summary>
    Cancelled,
}

/// <summary>Where one run of an ablation stands.</summary>
public enum AblationRunStatus
{
    /// <summary>Not started yet.</summary>
    Waiting,

    /// <summary>It waits for a device, trains, or is paused.</summary>
    Training,

    /// <summary>Its sub-networks are measured.</summary>
    Evaluating,

    /// <summary>All its figures are there.</summary>
    Completed,

    /// <summary>It ended without all its figures; see <see cref="AblationRun.Error"/>.</summary>
    Failed,

    /// <summary>It was given up on request.</summary>
    Cancelled,
}

/// <summary>An ablation as it stands.</summary>
[GenerateSerializer, Immutable, Alias("poa.AblationSnapshot")]
public sealed record AblationSnapshot
{
    /// <summary>What was asked for.</summary>
    [Id(0)]
    public required AblationSpecification Specification { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(1)]
    public required AblationStatus Status { get; init; }

    /// <summary>Rises with every change.</summary>
    [Id(2)]
    public required long Version { get; init; }

    /// <summary>When it was started.</summary>
    [Id(3)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended.</summary>
    [Id(4)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Name of the figure; null until the first result is known, unless it was asked for.</summary>
    [Id(5)]
    public string? Metric { get; init; }

    /// <summary>Its runs, row by row, the seeds within.</summary>
    [Id(6)]
    public required ImmutableArray<AblationRun> Runs { get; init; }

    /// <summary>True if nothing more happens by itself.</summary>
    public bool IsFinished => Status != AblationStatus.Running;

    /// <summary>The table, row by row, as far as the figures go.</summary>
    public ImmutableArray<AblationTableRow> Table => [.. Specification.Rows.Select(RowOf)];

    /// <summary>Number of runs in a state.</summary>
    /// <param name="status">The state.</param>
    public int Count(AblationRunStatus status) => Runs.Count(run => run.Status == status);

    private AblationTableRow RowOf(AblatedRow row)
    {
        AblationRun[] runs = [.. Runs.Where(run => run.Row == row.Name)];
        return new AblationTableRow(
            row.Name,
            row.Title,
            [.. Specification.SubNetworks.Select(name => AblationCell.Of(name, [.. runs.Where(run => run.Figures.ContainsKey(name)).Select(run => run.Figures[name])]))]);
    }
}

/// <summary>One run of an ablation.</summary>
[GenerateSerializer, Immutable, Alias("poa.AblationRun")]
public sealed record AblationRun
{
    /// <summary>Name of its row.</summary>
    [Id(0)]
    public required string Row { get; init; }

    /// <summary>Its seed.</summary>
    [Id(1)]
    public required long Seed { get; init; }

    /// <summary>Run id.</summary>
    [Id(2)]
    public required string Run { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(3)]
    public AblationRunStatus Status { get; init; }

    /// <summary>Iteration of the checkpoint that is measured; null before there is one.</summary>
    [Id(4)]
    public long? Iteration { get; init; }

    /// <summary>Figures by sub-network.</summary>
    [Id(5)]
    public ImmutableSortedDictionary<string, double> Figures { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Why it failed, if it did.</summary>
    [Id(6)]
    public WorkError? Error { get; init; }

    /// <summary>State of the run while it trains, as last seen; null before and after.</summary>
    [Id(7)]
    public RunStatus? Training { get; init; }

    /// <summary>Progress of what is done for it, as last seen.</summary>
    [Id(8)]
    public WorkProgress? Progress { get; init; }

    /// <summary>Sweep id, whether the sweep is started yet or not.</summary>
    public string Sweep => AblationId.SweepOf(Run);

    /// <summary>True if nothing more happens to it by itself.</summary>
    public bool IsFinished => Status is AblationRunStatus.Completed or AblationRunStatus.Failed or AblationRunStatus.Cancelled;
}

/// <summary>A row of the table of an ablation.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Title">What the table calls it.</param>
/// <param name="Cells">A cell for each sub-network, in the order asked for.</param>
public sealed record AblationTableRow(string Name, string Title, ImmutableArray<AblationCell> Cells);

/// <summary>A cell of the table of an ablation.</summary>
/// <param name="SubNetwork">Name of the sub-network.</param>
/// <param name="Values">A figure for each seed that has one.</param>
/// <param name="Mean">Their mean; null if there are none.</param>
/// <param name="Deviation">Their standard deviation (divided by n - 1); null if there are fewer than two.</param>
public sealed record AblationCell(string SubNetwork, ImmutableArray<double> Values, double? Mean, double? Deviation)
{
    /// <summary>A cell with mean and deviation.</summary>
    /// <param name="subNetwork">Name of the sub-network.</param>
    /// <param name="values">The figures.</param>
    public static AblationCell Of(string subNetwork, ImmutableArray<double> values) => Spread.Of(values) is { } spread
        ? new(subNetwork, values, spread.Mean, spread.Deviation)
        : new(subNetwork, values, null, null);
}
