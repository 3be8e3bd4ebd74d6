using Poa.Actors.Client;
using Poa.Actors.Dashboard.Pages.Grid;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Choose;

/// <summary>The search that a page shows, or that there is none.</summary>
/// <param name="Search">The newest over a checkpoint; null if there is none.</param>
/// <param name="Machine">What latencies were measured on; null where they do not matter or none is measured.</param>
public sealed record ShownSearch(SearchSnapshot? Search, string? Machine = null)
{
    /// <summary>What is worth a line.</summary>
    public IReadOnlyList<SearchedSubNetwork> Rows { get; } = Search?.Worthwhile() ?? [];

    /// <summary>Reads the newest search over a checkpoint.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<ShownSearch> OfAsync(PoaClient poa, string run, long iteration, CancellationToken cancellationToken)
    {
        var newest = await poa.Searches.NewestAsync(run, iteration, cancellationToken);
        return new ShownSearch(newest, newest is null ? null : await MachineAsync(poa, newest, cancellationToken));
    }

    private static async Task<string?> MachineAsync(PoaClient poa, SearchSnapshot search, CancellationToken cancellationToken)
    {
        var specification = search.Specification;
        if (search.SubNetworks.All(cell => cell.LatencyMilliseconds is null))
        {
            return null;
        }

        var question = specification.LatencyJobOf("").Question;
        string[] machines =
        [
            .. (await poa.Results.GridAsync(specification.Run, Benchmarks.Latency, specification.Iteration, cancellationToken))
                .Where(row => row.Question == question).Select(row => GridText.Machine(row.Result)).OfType<string>().Distinct(),
        ];
        return machines.Length == 0 ? null : string.Join(' ', machines);
    }

    /// <summary>The limits, for people.</summary>
    /// <param name="budget">The limits.</param>
    public static string Limits(SearchBudget budget)
    {
        string[] limits =
        [
            .. budget.Parameters is { } parameters ? [$"{Formats.Short(parameters)} parameters"] : Array.Empty<string>(),
            .. budget.MultiplyAccumulates is { } operations ? [$"{Formats.Short(operations)} multiply-accumulates"] : Array.Empty<string>(),
            .. budget.LatencyMilliseconds is { } latency ? [$"{Figure(latency, "ms")} ms"] : Array.Empty<string>(),
        ];
        return limits.Length == 0 ? "without a limit" : $"at most {string.Join(", ", limits)}";
    }

    /// <summary>How it ended, or that it has not.</summary>
    /// <param name="search">The search.</param>
    public static string Standing(SearchSnapshot search) => (search.Status, search.Ended) switch
    {
        (SearchStatus.Running, _) => "running",
        (SearchStatus.Completed, Poa.Elastic.SearchStep.AllMeasured) => "ended: all that may keep to the budget is measured",
        (SearchStatus.Completed, Poa.Elastic.SearchStep.NothingFits) => "ended: nothing keeps to the budget",
        (SearchStatus.Completed, _) => "ended: its evaluations or latency measurements are spent",
        (SearchStatus.Cancelled, _) => "cancelled",
        _ => "failed",
    };

    /// <summary>A figure in the unit of its benchmark.</summary>
    /// <param name="value">The figure.</param>
    /// <param name="unit">Its unit.</param>
    public static string Figure(double value, string unit) => Formats.Number(value, unit == "%" || value >= 10 ? 1 : 3);

    /// <summary>What is measured, or a prediction that says that it is one.</summary>
    /// <param name="measured">The measured figure.</param>
    /// <param name="predicted">The prediction.</param>
    /// <param name="unit">Unit of both.</param>
    public static string Told(double? measured, PredictedFigure? predicted, string unit) => (measured, predicted) switch
    {
        ({ } value, _) => Figure(value, unit),
        (_, { } value) => $"predicted {Figure(value.Value, unit)} ({Figure(value.Low, unit)} to {Figure(value.High, unit)})",
        _ => Formats.Missing,
    };
}
