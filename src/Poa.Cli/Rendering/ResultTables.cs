using Poa.Actors.Abstractions;
using Poa.Elastic;

namespace Poa.Cli.Rendering;

/// <summary>Evaluation results as tables, CSV and protocol lines.</summary>
internal static class ResultTables
{
    /// <summary>Figures that any of the results has, in order of their names.</summary>
    public static IReadOnlyList<string> Metrics(IEnumerable<EvaluationResult> results) =>
        [.. results.SelectMany(result => result.Metrics.Keys).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>
    /// The figure to show: the one asked for, else the results' own choice.
    /// </summary>
    /// <exception cref="CliException">No result has the figure; the message lists those there are.</exception>
    public static string ChooseMetric(IReadOnlyList<EvaluationResult> results, string? asked)
    {
        if (asked is null)
        {
            return results[0].Headline;
        }

        var known = Metrics(results);
        return known.Contains(asked)
            ? asked
            : throw new CliException($"There is no figure '{asked}' among the results.", $"Choose one of: {string.Join(", ", known)}.", ExitCodes.Usage);
    }

    /// <summary>Width x depth table of one figure in the unit of the benchmark; results without a sub-network follow as lines.</summary>
    public static IEnumerable<string> Grid(IReadOnlyList<EvaluationResult> results, string metric, string title, int lineWidth)
    {
        var unit = Benchmarks.Describe(results[0].Benchmark).Unit;
        var cells = Cells(results, metric);
        if (cells.Count > 0)
        {
            foreach (var line in GridTable.Lines([.. cells.Keys], [new(title, cell => Formats.Figure(cells[cell], unit))], lineWidth))
            {
                yield return line;
            }
        }

        foreach (var result in results.Where(result => !SubNetwork.TryParse(result.SubNetwork, out _)))
        {
            yield return $"{result.SubNetwork}: {Formats.Figure(result.Metrics.GetValueOrDefault(metric, double.NaN), unit)}";
        }
    }

    /// <summary>One line per result with every figure; the first line names the columns.</summary>
    public static IEnumerable<string> CsvLines(string run, long iteration, IReadOnlyList<EvaluationResult> results)
    {
        var metrics = Metrics(results);
        yield return Csv.Line(["run", "iteration", "benchmark", "sub_network", "width", "depth", "parameters", "multiply_accumulates", .. metrics]);
        foreach (var result in results)
        {
            var isCell = SubNetwork.TryParse(result.SubNetwork, out var cell);
            yield return Csv.Line(
            [
                run, Number(iteration), result.Benchmark, result.SubNetwork,
                isCell ? Number(cell.Width) : "", isCell ? Number(cell.Depth) : "",
                Number(result.Parameters), Number(result.MultiplyAccumulates),
                .. metrics.Select(metric => result.Metrics.TryGetValue(metric, out var value) ? value.ToString("R", Formats.Plain) : ""),
            ]);
        }
    }

    /// <summary>How the results were measured, on one line; <c>--json</c> has the whole protocol.</summary>
    public static string Protocol(IReadOnlyList<EvaluationResult> results)
    {
        (string Label, string Key, int Length)[] facts = Benchmarks.Describe(results[0].Benchmark).NeedsImages
            ? [("known", "train", 200), ("held out", "test", 200), ("", "crop", 20), ("", "k", 60), ("T", "temperature", 20), ("", "steps", 20), ("checkpoint", "checkpoint_sha256", 12)]
            :
            [
                ("", "device", 20), ("", "hardware", 80), ("", "threads", 20), ("", "batch", 20), ("image size", "image_size", 20), ("", "repetitions", 20),
                ("checkpoint", "checkpoint_sha256", 12),
            ];
        var common = facts.Where(fact => results.Select(result => result.Protocol.GetValueOrDefault(fact.Key)).Distinct().Count() == 1
            && results[0].Protocol.ContainsKey(fact.Key));
        return string.Join(", ", common.Select(fact =>
        {
            var value = results[0].Protocol[fact.Key];
            return $"{(fact.Label.Length > 0 ? fact.Label : fact.Key)} {(value.Length > fact.Length ? value[..fact.Length] : value)}";
        }));
    }

    /// <summary>The values of one figure by cell of the grid.</summary>
    public static IReadOnlyDictionary<SubNetwork, double> Cells(IEnumerable<EvaluationResult> results, string metric)
    {
        var cells = new SortedDictionary<SubNetwork, double>();
        foreach (var result in results)
        {
            if (SubNetwork.TryParse(result.SubNetwork, out var cell) && result.Metrics.TryGetValue(metric, out var value))
            {
                cells[cell] = value;
            }
        }

        return cells;
    }

    private static string Number(long value) => value.ToString(Formats.Plain);
}
