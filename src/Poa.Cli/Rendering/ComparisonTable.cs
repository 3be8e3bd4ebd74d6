using Poa.Actors.Abstractions;

namespace Poa.Cli.Rendering;

/// <summary>One benchmark on some sub-networks, before and after pre-training.</summary>
/// <param name="Benchmark">What is known of the benchmark.</param>
/// <param name="Metrics">Name of each figure shown, and what to call it.</param>
/// <param name="Untrained">Stored results of checkpoint 0.</param>
/// <param name="Trained">Stored results of the trained checkpoint.</param>
internal sealed record BenchmarkComparison(
    BenchmarkDescription Benchmark,
    IReadOnlyList<(string Metric, string Label)> Metrics,
    IReadOnlyList<EvaluationResult> Untrained,
    IReadOnlyList<EvaluationResult> Trained);

/// <summary>Comparisons as one table: a row for each figure of each sub-network.</summary>
internal static class ComparisonTable
{
    public static IEnumerable<string> Lines(IEnumerable<BenchmarkComparison> comparisons)
    {
        var table = new TextTable(new("benchmark"), new("sub-network"), new("untrained", true), new("pre-trained", true), new("gain", true));
        foreach (var comparison in comparisons)
        {
            foreach (var (metric, label) in comparison.Metrics)
            {
                var untrained = ResultTables.Cells(comparison.Untrained, metric);
                foreach (var (cell, value) in ResultTables.Cells(comparison.Trained, metric))
                {
                    var isKnown = untrained.TryGetValue(cell, out var before);
                    table.Row(
                        $"{comparison.Benchmark.Title}, {label}",
                        cell.ToString(),
                        isKnown ? Formats.Percent(before) : "-",
                        Formats.Percent(value),
                        isKnown ? Formats.Points(value - before) : "-");
                }
            }
        }

        return table.Lines();
    }
}
