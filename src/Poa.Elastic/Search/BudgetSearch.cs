using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>
/// Finds the best sub-network within a budget with few evaluations. A few that are spread over what the budget allows come first, then, one at
/// a time, the one with the highest expected improvement over the best so far, times its chance to keep to the budget (Gardner et al. 2014).
/// What decides is a function of what is known: asked again, it says the same.
/// </summary>
public sealed class BudgetSearch
{
    /// <summary>The most evaluations that one search may ask for.</summary>
    public const int MaxEvaluations = 10_000;

    /// <summary>Least chance to keep to the budget of a sub-network that is worth a look.</summary>
    public const double LeastChance = 0.02;

    /// <summary>Figures that must be known before others are predicted from them: fewer say next to nothing of how much figures differ.</summary>
    private const int FirstMetrics = 3;

    /// <summary>Latencies that are measured first, likewise.</summary>
    private const int FirstLatencies = 4;

    /// <summary>Latencies that may be measured for each evaluation that may be asked for, the first ones included: they take seconds.</summary>
    private const int LatenciesPerEvaluation = 3;

    private readonly ISubNetworkGrid _grid;
    private readonly Budget _budget;
    private readonly bool _higherIsBetter;
    private readonly int _evaluations;
    private readonly Dictionary<SubNetwork, SubNetworkCost> _costs;
    private readonly IReadOnlyDictionary<SubNetwork, SurfacePlace> _byParameters;
    private readonly IReadOnlyDictionary<SubNetwork, SurfacePlace> _byOperations;

    /// <param name="grid">What to choose from.</param>
    /// <param name="imageSize">Side of the images that multiply-accumulates are counted for, in pixels.</param>
    /// <param name="budget">The limits.</param>
    /// <param name="higherIsBetter">Whether a higher figure is a better one.</param>
    /// <param name="evaluations">How many evaluations it may ask for, in [1, <see cref="MaxEvaluations"/>].</param>
    public BudgetSearch(ISubNetworkGrid grid, int imageSize, Budget budget, bool higherIsBetter, int evaluations)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentOutOfRangeException.ThrowIfLessThan(evaluations, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(evaluations, MaxEvaluations);
        (_grid, _budget, _higherIsBetter, _evaluations) = (grid, budget, higherIsBetter, evaluations);
        _costs = grid.SubNetworks.ToDictionary(cell => cell, cell => grid.CostOf(cell, imageSize));
        _byParameters = SurfacePlace.Of(grid, cell => _costs[cell].Parameters);
        _byOperations = SurfacePlace.Of(grid, cell => _costs[cell].MultiplyAccumulates);
    }

    /// <summary>The best of those that are measured and keep to the budget, and what is known of the rest.</summary>
    /// <param name="known">What is known.</param>
    public BudgetChoice Choice(SearchKnowledge known) => BudgetChoice.BestUnder(_grid.SubNetworks.Select(cell => Measured(cell, known)), _budget, _higherIsBetter);

    /// <summary>Every sub-network: its costs, what was measured, and predictions of what was not.</summary>
    /// <param name="known">What is known.</param>
    public ImmutableArray<SearchCell> Outlook(SearchKnowledge known)
    {
        ArgumentNullException.ThrowIfNull(known);
        var (metrics, latencies) = (MetricSurface(known), LatencySurface(known));
        return
        [
            .. _grid.SubNetworks.Select(cell => new SearchCell(
                Measured(cell, known),
                known.Metrics.ContainsKey(cell) ? null : metrics?.At(_byParameters[cell]).In(value => Sign * value),
                known.Latencies.ContainsKey(cell) ? null : latencies?.At(_byOperations[cell]).In(Math.Exp),
                ChanceToFit(cell, known, latencies))),
        ];
    }

    /// <summary>What to do next.</summary>
    /// <param name="known">What is known.</param>
    public SearchMove Next(SearchKnowledge known)
    {
        ArgumentNullException.ThrowIfNull(known);
        SubNetwork[] open = [.. _grid.SubNetworks.Where(cell => !known.Failed.Contains(cell) && !known.Metrics.ContainsKey(cell) && _budget.Allows(Measured(cell, known)) != false)];
        if (open.Length == 0)
        {
            return SearchMove.End(Choice(known).Best is null ? SearchStep.NothingFits : SearchStep.AllMeasured);
        }

        if (known.Evaluations >= _evaluations)
        {
            return SearchMove.End(SearchStep.Spent);
        }

        var latenciesLeft = Math.Max(FirstLatencies, _evaluations * LatenciesPerEvaluation) - known.LatencyMeasurements;
        if (_budget.LatencyMilliseconds is not null && known.Latencies.Count < FirstLatencies && latenciesLeft > 0 && open.Any(cell => !known.Latencies.ContainsKey(cell)))
        {
            var number = Math.Min(FirstLatencies - known.Latencies.Count, latenciesLeft);
            return new(SearchStep.MeasureLatency, Spread([.. open.Where(cell => !known.Latencies.ContainsKey(cell))], known.Latencies.Keys, number));
        }

        var latencies = LatencySurface(known);
        var chances = open.ToDictionary(cell => cell, cell => ChanceToFit(cell, known, latencies));
        SubNetwork[] worthwhile = [.. open.Where(cell => chances[cell] >= LeastChance)];
        if (worthwhile.Length == 0)
        {
            return SearchMove.End(Choice(known).Best is null ? SearchStep.NothingFits : SearchStep.AllMeasured);
        }

        SubNetwork[] candidates = [.. worthwhile.Where(cell => latenciesLeft > 0 || IsSettled(cell, known))];
        if (candidates.Length == 0)
        {
            return SearchMove.End(SearchStep.Spent);
        }

        if (known.Metrics.Count < FirstMetrics)
        {
            SubNetwork[] likely = [.. candidates.Where(cell => chances[cell] >= 0.5)];
            var number = Math.Min(FirstMetrics - known.Metrics.Count, _evaluations - known.Evaluations);
            return MoveWith(Spread(likely.Length > 0 ? likely : candidates, known.Metrics.Keys, number), known, latenciesLeft);
        }

        var surface = MetricSurface(known)!;
        // While nothing that fits is measured, whatever does is a gain.
        var best = Choice(known).Best is { } fitting ? Sign * fitting.Metric : known.Metrics.Values.Min(value => Sign * value);
        return MoveWith([candidates.MaxBy(cell => chances[cell] * surface.At(_byParameters[cell]).ExpectedImprovementOver(best))], known, latenciesLeft);
    }

    private double Sign => _higherIsBetter ? 1 : -1;

    /// <summary>Whether it is known if a sub-network keeps to the budget.</summary>
    private bool IsSettled(SubNetwork cell, SearchKnowledge known) => _budget.Allows(Measured(cell, known)) is not null;

    /// <summary>Evaluates them, or first of all measures the latencies that the budget limits.</summary>
    private SearchMove MoveWith(ImmutableArray<SubNetwork> cells, SearchKnowledge known, int latenciesLeft)
    {
        ImmutableArray<SubNetwork> unsettled = [.. cells.Where(cell => !IsSettled(cell, known))];
        return unsettled.IsEmpty ? new(SearchStep.Evaluate, cells) : new(SearchStep.MeasureLatency, [.. unsettled.Take(latenciesLeft)]);
    }

    private MeasuredSubNetwork Measured(SubNetwork cell, SearchKnowledge known) => new(
        cell, _costs[cell].Parameters, _costs[cell].MultiplyAccumulates, known.Latencies.GetValueOrDefault(cell, double.NaN), known.Metrics.GetValueOrDefault(cell, double.NaN));

    private double ChanceToFit(SubNetwork cell, SearchKnowledge known, Surface? latencies) => _budget.Allows(Measured(cell, known)) switch
    {
        true => 1,
        false => 0,
        null => latencies?.At(_byOperations[cell]).ChanceOfAtMost(Math.Log(_budget.LatencyMilliseconds!.Value)) ?? 0.5,
    };

    private Surface? MetricSurface(SearchKnowledge known) =>
        known.Metrics.Count < FirstMetrics ? null : new Surface([.. known.Metrics.OrderBy(point => point.Key).Select(point => (_byParameters[point.Key], Sign * point.Value))]);

    /// <summary>Of logarithms: a machine that is twice as slow is so for all, and predictions stay above 0.</summary>
    private Surface? LatencySurface(SearchKnowledge known) =>
        known.Latencies.Count < FirstMetrics ? null : new Surface([.. known.Latencies.OrderBy(point => point.Key).Select(point => (_byOperations[point.Key], Math.Log(point.Value)))]);

    /// <summary>Chooses the one with the most parameters, then the one farthest from all chosen or measured, and so on.</summary>
    private ImmutableArray<SubNetwork> Spread(SubNetwork[] from, IEnumerable<SubNetwork> measured, int number)
    {
        var seen = measured.ToList();
        var chosen = ImmutableArray.CreateBuilder<SubNetwork>();
        while (chosen.Count < number && chosen.Count < from.Length)
        {
            var next = from.Except(chosen)
                .OrderByDescending(cell => seen.Count == 0 ? 0 : seen.Min(other => _byParameters[cell].DistanceTo(_byParameters[other])))
                .ThenByDescending(cell => _costs[cell].Parameters)
                .First();
            chosen.Add(next);
            seen.Add(next);
        }

        return chosen.ToImmutable();
    }
}
