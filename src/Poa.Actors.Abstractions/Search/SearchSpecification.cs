using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Actors.Abstractions;

/// <summary>What a search looks for. Fixed once it is started.</summary>
[GenerateSerializer, Immutable, Alias("poa.SearchSpecification")]
public sealed record SearchSpecification
{
    /// <summary>Search id, see <see cref="Abstractions.SearchId"/>.</summary>
    [Id(0)]
    public required string SearchId { get; init; }

    /// <summary>Run id.</summary>
    [Id(1)]
    public required string Run { get; init; }

    /// <summary>Iteration of the checkpoint.</summary>
    [Id(2)]
    public required long Iteration { get; init; }

    /// <summary>The benchmark whose figure makes a sub-network the best one: one of <see cref="Benchmarks"/> that judges.</summary>
    [Id(3)]
    public required string Benchmark { get; init; }

    /// <summary>Images of the benchmark.</summary>
    [Id(4)]
    public required EvaluationData Data { get; init; }

    /// <summary>Options of the benchmark; those left out take the run's configuration.</summary>
    [Id(5)]
    public ImmutableDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Name of the figure, such as <c>top1@20</c>; null for the one that results show first.</summary>
    [Id(6)]
    public string? Metric { get; init; }

    /// <summary>The limits.</summary>
    [Id(7)]
    public required SearchBudget Budget { get; init; }

    /// <summary>Options of the latency measurements, where the budget limits latency.</summary>
    [Id(8)]
    public ImmutableDictionary<string, string> LatencyOptions { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How many evaluations it may ask for, in [1, <see cref="BudgetSearch.MaxEvaluations"/>].</summary>
    [Id(9)]
    public required int Evaluations { get; init; }

    /// <summary>Priority of its sweeps, see <see cref="WorkPriority"/>.</summary>
    [Id(10)]
    public int Priority { get; init; }

    /// <summary>Who asked for it: a user name; may be empty.</summary>
    [Id(11)]
    public string CreatedBy { get; init; } = "";

    /// <summary>Key of the evaluation of a sub-network.</summary>
    /// <param name="subNetwork">Its name.</param>
    public EvaluationKey JobOf(string subNetwork) => new(Run, Iteration, subNetwork, Benchmark, EvaluationKey.Digest(Data, Options));

    /// <summary>Key of the latency measurement of a sub-network.</summary>
    /// <param name="subNetwork">Its name.</param>
    public EvaluationKey LatencyJobOf(string subNetwork) =>
        new(Run, Iteration, subNetwork, Benchmarks.Latency, EvaluationKey.Digest(EvaluationData.None, LatencyOptions));

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="PoaException">It says what (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public void Validate()
    {
        Abstractions.SearchId.Validate(SearchId);
        WorkPriority.Validate(Priority);
        var benchmark = Benchmarks.Describe(Benchmark);
        Require(
            Benchmarks.Searchable.Contains(benchmark.Name),
            $"{benchmark.Title} does not say which sub-network is the best.",
            $"Search by one of {string.Join(", ", Benchmarks.Searchable)}; latency can be a limit.");
        Require(Data != EvaluationData.None, $"Search {SearchId} names no images, which {benchmark.Name} needs.", "Name images with known labels, and held-out images.");
        Require(
            Evaluations is >= 1 and <= BudgetSearch.MaxEvaluations,
            $"Search {SearchId} may ask for {Evaluations} evaluations.",
            $"Allow a number in [1, {BudgetSearch.MaxEvaluations}].");
        Require(
            Budget.Parameters is null or > 0 && Budget.MultiplyAccumulates is null or > 0 && Budget.LatencyMilliseconds is null or > 0,
            $"A limit of search {SearchId} is not above 0.",
            "Give limits above 0, or leave them out.");
    }

    /// <summary>True if <paramref name="other"/> asks for the same, whoever asks. Collections are compared by content.</summary>
    /// <param name="other">The other specification.</param>
    public bool IsSameAs(SearchSpecification other) =>
        SearchId == other.SearchId && JobOf("") == other.JobOf("") && LatencyJobOf("") == other.LatencyJobOf("") && Metric == other.Metric &&
        Budget == other.Budget && Evaluations == other.Evaluations && Priority == other.Priority;

    private static void Require(bool condition, string message, string remedy)
    {
        if (!condition)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, message, remedy);
        }
    }
}

/// <summary>What a sub-network may cost; a limit that is null does not matter.</summary>
/// <param name="Parameters">The most parameters.</param>
/// <param name="MultiplyAccumulates">The most multiply-accumulates of one image of the size of the run's global crops.</param>
/// <param name="LatencyMilliseconds">The longest median time of a forward pass as <see cref="Benchmarks.Latency"/> measures it, in milliseconds.</param>
[GenerateSerializer, Immutable, Alias("poa.SearchBudget")]
public sealed record SearchBudget(
    [property: Id(0)] long? Parameters = null, [property: Id(1)] long? MultiplyAccumulates = null, [property: Id(2)] double? LatencyMilliseconds = null)
{
    /// <summary>The same as a value.</summary>
    public Budget ToBudget() => new(Parameters, MultiplyAccumulates, LatencyMilliseconds);
}
