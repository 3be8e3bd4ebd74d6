using Poa.Actors.Client;
using Poa.Actors.Dashboard.Pages.Grid;
using Poa.Actors.Dashboard.Ui.Charts;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Pages.Choose;

/// <summary>What the page shows of a grid: points, front, and the best sub-network within the budget.</summary>
public sealed record ChooseState
{
    /// <summary>What sub-networks are worth; null if nothing is measured.</summary>
    public required GridFigure? Metric { get; init; }

    /// <summary>What they cost, on the x axis.</summary>
    public required GridFigure Cost { get; init; }

    /// <summary>What can be on the x axis.</summary>
    public required IReadOnlyList<GridFigure> Costs { get; init; }

    /// <summary>The latency that the budget limits; null if none is measured.</summary>
    public required GridFigure? Latency { get; init; }

    /// <summary>The latencies that are measured.</summary>
    public required IReadOnlyList<GridFigure> Latencies { get; init; }

    /// <summary>The budget.</summary>
    public required ChooseQuery Query { get; init; }

    /// <summary>Every sub-network as a candidate.</summary>
    public required IReadOnlyList<MeasuredSubNetwork> Candidates { get; init; }

    /// <summary>The choice.</summary>
    public required BudgetChoice Choice { get; init; }

    /// <summary>Points of the chart: sub-networks with both figures.</summary>
    public required IReadOnlyList<ScatterPoint> Points { get; init; }

    /// <summary>Labels of the points on the Pareto front.</summary>
    public required IReadOnlyList<string> Front { get; init; }

    /// <summary>Sub-networks that lack one of both figures.</summary>
    public int PointsMissing => Candidates.Count - Points.Count;

    /// <summary>Fewest parameters and multiply-accumulates on the grid.</summary>
    public Budget Least => new(Candidates.Min(c => c.Parameters), Candidates.Min(c => c.MultiplyAccumulates));

    /// <summary>Most parameters and multiply-accumulates on the grid.</summary>
    public Budget Most => new(Candidates.Max(c => c.Parameters), Candidates.Max(c => c.MultiplyAccumulates));

    /// <summary>Whether a figure says what a sub-network is worth, and not what it costs.</summary>
    /// <param name="figure">The figure.</param>
    public static bool IsWorth(GridFigure figure) => figure.Measurement is { Benchmark: { NeedsImages: true, IsJudgement: true } };

    /// <summary>Puts it together.</summary>
    /// <param name="view">The grid.</param>
    /// <param name="metric">Key of the figure that makes a sub-network the best; null for the one that was measured last.</param>
    /// <param name="cost">Key of the figure on the x axis; null for parameters.</param>
    /// <param name="latency">Key of the latency that counts; null for the one that was measured last.</param>
    /// <param name="query">The budget.</param>
    public static ChooseState Of(GridView view, string? metric, string? cost, string? latency, ChooseQuery query)
    {
        var figures = view.Figures().ToList();
        var worth = FigurePicker.Choose(view, metric, IsWorth) is { Measurement: not null } chosen ? chosen : null;
        GridFigure[] latencies = [.. figures.Where(figure => figure.Measurement is { Benchmark.Name: Benchmarks.Latency, Metrics.IsEmpty: false })];
        var clock = latencies.FirstOrDefault(figure => figure.Key == latency) ?? latencies.FirstOrDefault();
        GridFigure[] costs = [.. figures.Where(figure => figure.Measurement is null), .. latencies];
        var axis = costs.FirstOrDefault(figure => figure.Key == cost) ?? costs[0];
        MeasuredSubNetwork[] candidates = [.. view.Candidates(worth ?? GridFigure.Parameters(view), clock)];
        var choice = BudgetChoice.BestUnder(candidates, query.Budget, worth?.HigherIsBetter ?? true);
        return new ChooseState
        {
            Metric = worth,
            Cost = axis,
            Costs = costs,
            Latency = clock,
            Latencies = latencies,
            Query = query,
            Candidates = candidates,
            Choice = choice,
            Points = worth is null ? [] : Drawn(candidates, worth, axis, choice.Best),
            Front = worth is null ? [] : [.. ParetoFront.Of(candidates.Select(c => c.SubNetwork.ToString()), axis.Value, worth.Value, worth.HigherIsBetter)],
        };
    }

    private static ScatterPoint[] Drawn(MeasuredSubNetwork[] candidates, GridFigure metric, GridFigure cost, MeasuredSubNetwork? best) =>
    [
        .. from candidate in candidates
           let name = candidate.SubNetwork.ToString()
           let x = cost.Value(name)
           where !double.IsNaN(x) && !double.IsNaN(candidate.Metric)
           select new ScatterPoint(
               name, x, candidate.Metric,
               $"{name}\n{metric.Title}: {GridText.WithUnit(metric, candidate.Metric)}\n{cost.Title}: {GridText.WithUnit(cost, x)}",
               IsMarked: candidate == best),
    ];
}
