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

    /// <summary>Width x depth tables of figures in the unit of the benchmark; results without a sub-network follow as lines of the first figure.</summary>
    public static IEnumerable<string> Grid(IReadOnlyList<EvaluationResult> results, IReadOnlyList<string> metrics, int lineWidth)
    {
        var unit = Benchmarks.Describe(results[0].Benchmark).Unit;
        GridPanel Panel(string metric)
        {
            var cells = Cells(results, metric);
            return new(metric, cell => cells.TryGetValue(cell, out var value) ? Formats.Figure(value, unit) : "");
        }

        var known = Cells(results, metrics[0]);
        if (known.Count > 0)
        {
            foreach (var line in GridTable.Lines([.. known.Keys], [.. metrics.Select(Panel)], lineWidth))
            {
                yield return line;
            }
        }

        foreach (var result in results.Where(result => !SubNetwork.TryParse(result.SubNetwork, out _)))
        {
            yield return $"{result.SubNetwork}: {Formats.Figure(result.Metrics.GetValueOrDefault(metrics[0], double.NaN), unit)}";
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
                isCell ? Number(cell.Width) : "", isCell ? cell.Depth.ToString() : "",
                Number(result.Parameters), Number(result.MultiplyAccumulates),
                .. metrics.Select(metric => result.Metrics.TryGetValue(metric, out var value) ? value.ToString("R", Formats.Plain) : ""),
            ]);
        }
    }

    /// <summary>How the results were measured, on one line; <c>--json</c> has the whole protocol.</summary>
    public static string Protocol(IReadOnlyList<EvaluationResult> results)
    {
        var needsImages = Benchmarks.Describe(results[0].Benchmark).NeedsImages;
        (string Label, string Key, int Length)[] facts = needsImages
            ? [("known", "train", 200), ("held out", "test", 200), ("", "crop", 20), ("", "k", 60), ("T", "temperature", 20), ("", "steps", 20), ("checkpoint", EvaluationResult.CheckpointFact, 12)]
            :
            [
                ("", "device", 20), ("", "hardware", 80), ("", "threads", 20), ("", "batch", 20), ("image size", "image_size", 20), ("", "repetitions", 20),
                ("checkpoint", EvaluationResult.CheckpointFact, 12),
            ];
        return string.Join(", ", facts.Select(fact => (fact.Label, fact.Key, fact.Length, Values: Values(fact.Key))).Where(fact => fact.Values.Length > 0).Select(fact =>
        {
            var value = string.Join(" / ", fact.Values);
            return $"{(fact.Label.Length > 0 ? fact.Label : fact.Key)} {(value.Length > fact.Length ? value[..fact.Length] : value)}";
        }));

        // Figures of images are the same on every machine; times are those of one machine, so that all are named.
        string[] Values(string key) =>
            results.Select(result => result.Protocol.GetValueOrDefault(key)).Distinct().ToArray() is var values && (values.Length == 1 || !needsImages)
                ? [.. values.OfType<string>()]
                : [];
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
