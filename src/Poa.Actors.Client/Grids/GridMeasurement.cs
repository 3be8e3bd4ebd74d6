using System.Collections.Immutable;

namespace Poa.Actors.Client;

/// <summary>
/// All answers to one question: one benchmark with the same images and options, on one checkpoint. Answers to different questions are
/// never put together.
/// </summary>
public sealed record GridMeasurement
{
    /// <summary>The benchmark.</summary>
    public required BenchmarkDescription Benchmark { get; init; }

    /// <summary>The images.</summary>
    public required EvaluationData Data { get; init; }

    /// <summary>Options that differ from the run's configuration, by name.</summary>
    public required ImmutableSortedDictionary<string, string> Options { get; init; }

    /// <summary>Names the question: benchmark and <see cref="EvaluationKey.DataDigest"/>, such as <c>knn-0123456789abcdef</c>.</summary>
    public required string Key { get; init; }

    /// <summary>When it was last asked.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Sub-networks that were asked for, by name.</summary>
    public required ImmutableDictionary<string, CellMeasurement> Cells { get; init; }

    /// <summary>Names of the figures that any result has; the one to show first comes first.</summary>
    public required ImmutableArray<string> Metrics { get; init; }

    /// <summary>
    /// Facts of the protocol in which the stored results differ, with the values that occur: such figures are to be compared with care.
    /// Empty if all were measured in the same way.
    /// </summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<string>> Differences { get; init; }

    /// <summary>The measurement of a sub-network; null if it was never asked for.</summary>
    /// <param name="subNetwork">Its name.</param>
    public CellMeasurement? Of(string subNetwork) => Cells.GetValueOrDefault(subNetwork);

    /// <summary>A stored figure of a sub-network; NaN if there is none.</summary>
    /// <param name="subNetwork">Its name.</param>
    /// <param name="metric">Name of the figure.</param>
    public double Value(string subNetwork, string metric) => Of(subNetwork)?.Value(metric) ?? double.NaN;

    /// <summary>The key of a question.</summary>
    /// <param name="benchmark">One of <see cref="Benchmarks"/>.</param>
    /// <param name="data">The images.</param>
    /// <param name="options">Options of the benchmark.</param>
    public static string KeyOf(string benchmark, EvaluationData data, IEnumerable<KeyValuePair<string, string>> options) =>
        EvaluationKey.QuestionOf(benchmark, data, options);

    /// <summary>Puts together what sweeps say about their questions.</summary>
    /// <param name="sweeps">Sweeps of one checkpoint, in any order.</param>
    /// <returns>The questions, the one asked last first.</returns>
    internal static ImmutableArray<GridMeasurement> From(IEnumerable<SweepResults> sweeps) =>
    [
        .. sweeps.GroupBy(sweep => KeyOf(sweep.Specification.Benchmark, sweep.Specification.Data, sweep.Specification.Options))
            .Select(question => From(question.Key, [.. question.OrderBy(sweep => sweep.Snapshot.CreatedAt).ThenBy(sweep => sweep.Specification.SweepId, StringComparer.Ordinal)]))
            .OrderByDescending(measurement => measurement.AskedAt)
            .ThenBy(measurement => measurement.Key, StringComparer.Ordinal),
    ];

    private static GridMeasurement From(string key, SweepResults[] sweeps)
    {
        var specification = sweeps[^1].Specification;
        var cells = sweeps.SelectMany(sweep => sweep.Cells()).GroupBy(cell => cell.SubNetwork)
            .ToImmutableDictionary(cell => cell.Key, cell => Merge([.. cell.Select(c => c.Measurement)]));
        EvaluationResult[] results = [.. cells.Values.Select(cell => cell.Result).OfType<EvaluationResult>()];
        var headline = results.FirstOrDefault()?.Headline;
        return new GridMeasurement
        {
            Benchmark = Benchmarks.Describe(specification.Benchmark),
            Data = specification.Data,
            Options = specification.Options.ToImmutableSortedDictionary(),
            Key = key,
            AskedAt = sweeps[^1].Snapshot.CreatedAt,
            Cells = cells,
            Metrics = [.. results.SelectMany(result => result.Metrics.Keys).Distinct().OrderBy(name => name != headline).ThenBy(name => name, MetricNames.Order)],
            Differences = DifferencesOf(results),
        };
    }

    /// <summary>
    /// Several sweeps asked for the same: what waits is told first, then what ended last. What was cancelled hides nothing. The result is
    /// the one that was stored last.
    /// </summary>
    private static CellMeasurement Merge(CellMeasurement[] cells)
    {
        var standing = cells.OrderBy(cell => cell.Status switch { JobStatus.Pending => 2, JobStatus.Cancelled or JobStatus.None => 0, _ => 1 })
            .ThenBy(cell => cell.FinishedAt ?? DateTimeOffset.MinValue).Last();
        var result = cells.Where(cell => cell.Result is not null).OrderBy(cell => cell.FinishedAt ?? DateTimeOffset.MinValue).LastOrDefault()?.Result;
        return standing with { Result = result };
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> DifferencesOf(EvaluationResult[] results) =>
        results.SelectMany(result => result.Protocol.Keys).Distinct()
            .Select(fact => (Fact: fact, Values: results.Select(result => result.Protocol.GetValueOrDefault(fact, "")).Distinct().Order(StringComparer.Ordinal).ToImmutableArray()))
            .Where(fact => fact.Values.Length > 1)
            .ToImmutableSortedDictionary(fact => fact.Fact, fact => fact.Values);
}
