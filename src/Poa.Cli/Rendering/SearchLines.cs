using Poa.Actors.Abstractions;
using Poa.Elastic;

namespace Poa.Cli.Rendering;

/// <summary>A search in words. What is predicted says so, with its interval; what is measured stands alone.</summary>
internal static class SearchLines
{
    /// <summary>One line for each search.</summary>
    public static IEnumerable<string> List(IEnumerable<SearchEntry> searches)
    {
        var table = new TextTable(
            new TextColumn("SEARCH"), new TextColumn("STATUS"), new TextColumn("CREATED"), new TextColumn("CHECKPOINT", Right: true), new TextColumn("BENCHMARK"), new TextColumn("BEST"), new TextColumn("BUDGET"));
        foreach (var search in searches)
        {
            table.Row(
                search.SearchId, Standing.Word(search.Status), Formats.Moment(search.CreatedAt), search.Iteration.ToString(Formats.Plain), search.Benchmark, search.Best ?? "-", Limits(search.Budget));
        }

        return table.Lines();
    }

    /// <summary>The choice, then everything that keeps or may keep to the budget.</summary>
    /// <param name="search">The search.</param>
    /// <param name="latencyProtocol">How the latencies were measured; null where they do not matter.</param>
    public static IEnumerable<string> Of(SearchSnapshot search, string? latencyProtocol)
    {
        var specification = search.Specification;
        var unit = Benchmarks.Describe(specification.Benchmark).Unit;
        var metric = search.Metric ?? "figure";
        yield return string.Create(Formats.Plain, $"{specification.SearchId}: best by {metric} of {specification.Benchmark} in {specification.Run} at iteration {specification.Iteration}, {Limits(specification.Budget)}");
        yield return search.Choice is { } choice
            ? $"{choice.SubNetwork}: {metric} {Formats.Figure(choice.Metric!.Value, unit)} {unit}, measured; {Formats.Count(choice.Parameters)} parameters, "
                + $"{Formats.Count(choice.MultiplyAccumulates)} multiply-accumulates{(choice.LatencyMilliseconds is { } ms ? $", {Formats.Figure(ms, "ms")} ms" : "")}"
            : "No sub-network that was measured keeps to the budget.";
        yield return $"{search.Evaluations} evaluations{(search.LatencyMeasurements > 0 ? $" and {search.LatencyMeasurements} latency measurements" : "")}; {End(search)}";
        var withLatency = specification.Budget.LatencyMilliseconds is not null;
        var shown = search.Worthwhile();
        if (shown.Count == 0)
        {
            yield break;
        }

        var table = new TextTable(
        [
            new("sub-network"), new(metric, Right: true), new(""), new("parameters", Right: true), new("multiply-acc.", Right: true),
            .. withLatency ? [new TextColumn("p50_ms", Right: true), new TextColumn("")] : Array.Empty<TextColumn>(),
        ]);
        foreach (var cell in shown)
        {
            var (figure, how) = cell.IsFailed && cell.Metric is null ? ("", "failed") : Figure(cell.Metric, cell.PredictedMetric, unit, cell.IsKnownBefore ? "measured before" : "measured");
            string[] columns = [cell.SubNetwork, figure, how, Formats.Count(cell.Parameters), Formats.Count(cell.MultiplyAccumulates)];
            if (withLatency)
            {
                var (latency, measured) = Figure(cell.LatencyMilliseconds, cell.PredictedLatencyMilliseconds, "ms", "measured");
                columns = [.. columns, latency, measured];
            }

            table.Row(columns);
        }

        foreach (var line in table.Lines())
        {
            yield return line;
        }

        if (latencyProtocol is not null)
        {
            yield return $"(latency: {latencyProtocol})";
        }
    }

    private static (string Figure, string How) Figure(double? measured, PredictedFigure? predicted, string unit, string how) => (measured, predicted) switch
    {
        ({ } value, _) => (Formats.Figure(value, unit), how),
        (_, { } value) => (
            $"~{Formats.Figure(value.Value, unit)}",
            $"predicted, {Prediction.Confidence * 100:F0} % within {Formats.Figure(value.Low, unit)} to {Formats.Figure(value.High, unit)}"),
        _ => ("", ""),
    };

    private static string Limits(SearchBudget budget)
    {
        string[] limits =
        [
            .. budget.Parameters is { } parameters ? [$"at most {Formats.Count(parameters)} parameters"] : Array.Empty<string>(),
            .. budget.MultiplyAccumulates is { } work ? [$"at most {Formats.Count(work)} multiply-accumulates"] : Array.Empty<string>(),
            .. budget.LatencyMilliseconds is { } ms ? [$"at most {ms.ToString(Formats.Plain)} ms"] : Array.Empty<string>(),
        ];
        return limits.Length == 0 ? "without a limit" : string.Join(", ", limits);
    }

    private static string End(SearchSnapshot search) => (search.Status, search.Ended) switch
    {
        (SearchStatus.Completed, SearchStep.Spent) => "the evaluations or latency measurements allowed are spent",
        (SearchStatus.Completed, SearchStep.AllMeasured) => "all that may keep to the budget is measured",
        (SearchStatus.Completed, SearchStep.NothingFits) => "nothing keeps to the budget",
        _ => Standing.Word(search.Status),
    };
}
