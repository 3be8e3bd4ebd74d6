using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>The best sub-network that a budget allows, and how sure that is.</summary>
public sealed record BudgetChoice
{
    /// <summary>
    /// The measured sub-network with the best metric within the budget; among equals the one with the fewest parameters, then the fewest
    /// multiply-accumulates. Null if there is none.
    /// </summary>
    public required MeasuredSubNetwork? Best { get; init; }

    /// <summary>Those within the budget whose metric is known, best first.</summary>
    public required ImmutableArray<MeasuredSubNetwork> Fitting { get; init; }

    /// <summary>
    /// Those that may be within the budget and may be better, but lack a figure: their metric, or a latency that the budget limits. In the
    /// order given.
    /// </summary>
    public required ImmutableArray<MeasuredSubNetwork> Unmeasured { get; init; }

    /// <summary>
    /// For each limit of the budget the least that any candidate costs: what the budget must at least be, limit by limit. No latency where
    /// none was measured.
    /// </summary>
    public required Budget Least { get; init; }

    /// <summary>True if no candidate keeps to the budget, whatever the figures that are missing turn out to be.</summary>
    public bool NothingFits => Best is null && Unmeasured.IsEmpty;

    /// <summary>Chooses.</summary>
    /// <param name="candidates">What to choose from.</param>
    /// <param name="budget">The limits.</param>
    /// <param name="higherIsBetter">Whether a higher metric is a better one.</param>
    public static BudgetChoice BestUnder(IEnumerable<MeasuredSubNetwork> candidates, Budget budget, bool higherIsBetter = true)
    {
        MeasuredSubNetwork[] all = [.. candidates];
        var sign = higherIsBetter ? 1 : -1;
        ImmutableArray<MeasuredSubNetwork> fitting =
        [
            .. all.Where(candidate => budget.Allows(candidate) == true && !double.IsNaN(candidate.Metric))
                .OrderByDescending(candidate => sign * candidate.Metric)
                .ThenBy(candidate => candidate.Parameters)
                .ThenBy(candidate => candidate.MultiplyAccumulates)
                .ThenBy(candidate => candidate.SubNetwork),
        ];
        return new BudgetChoice
        {
            Best = fitting.IsEmpty ? null : fitting[0],
            Fitting = fitting,
            Unmeasured = [.. all.Where(candidate => budget.Allows(candidate) switch
            {
                null => true,
                true => double.IsNaN(candidate.Metric),
                false => false,
            })],
            Least = new Budget(
                budget.Parameters is null || all.Length == 0 ? null : all.Min(candidate => candidate.Parameters),
                budget.MultiplyAccumulates is null || all.Length == 0 ? null : all.Min(candidate => candidate.MultiplyAccumulates),
                budget.LatencyMilliseconds is null ? null : LeastLatency(all)),
        };
    }

    private static double? LeastLatency(MeasuredSubNetwork[] candidates)
    {
        double[] measured = [.. candidates.Select(candidate => candidate.LatencyMilliseconds).Where(latency => !double.IsNaN(latency))];
        return measured.Length == 0 ? null : measured.Min();
    }
}
