using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Benchmarks.Search;

/// <summary>One search whose questions are answered from measured figures.</summary>
/// <param name="Gap">What its choice falls short of the best within the budget, in points.</param>
/// <param name="GapOfLargest">What the sub-network with the most parameters within the budget falls short of it.</param>
/// <param name="Candidates">Sub-networks within the budget.</param>
/// <param name="Evaluations">Evaluations it asked for.</param>
/// <param name="Latencies">Latencies it asked for.</param>
/// <param name="Predicted">Figures that it predicted at its end.</param>
/// <param name="Inside">How many of them lie in the interval.</param>
internal sealed record Trial(double Gap, double GapOfLargest, int Candidates, int Evaluations, int Latencies, int Predicted, int Inside)
{
    public static Trial Of(
        ISubNetworkGrid grid, int imageSize, IReadOnlyDictionary<SubNetwork, double> metrics, IReadOnlyDictionary<SubNetwork, double> latencies, Budget budget, int evaluations)
    {
        var search = new BudgetSearch(grid, imageSize, budget, higherIsBetter: true, evaluations);
        var known = SearchKnowledge.None;
        for (var move = search.Next(known); !move.IsEnd; move = search.Next(known))
        {
            known = move.Step == SearchStep.Evaluate
                ? known with
                {
                    Metrics = known.Metrics.AddRange(move.SubNetworks.Select(cell => KeyValuePair.Create(cell, metrics[cell]))),
                    Evaluations = known.Evaluations + move.SubNetworks.Length,
                }
                : known with
                {
                    Latencies = known.Latencies.AddRange(move.SubNetworks.Select(cell => KeyValuePair.Create(cell, latencies[cell]))),
                    LatencyMeasurements = known.LatencyMeasurements + move.SubNetworks.Length,
                };
        }

        var whole = new SearchKnowledge { Metrics = Cells(metrics), Latencies = Cells(latencies) };
        var best = search.Choice(whole);
        var predicted = search.Outlook(known).Where(cell => cell.Metric is not null).ToList();
        return new Trial(
            best.Best!.Metric - search.Choice(known).Best!.Metric,
            best.Best.Metric - best.Fitting.MaxBy(cell => cell.Parameters)!.Metric,
            best.Fitting.Length,
            known.Evaluations,
            known.LatencyMeasurements,
            predicted.Count,
            predicted.Count(cell => metrics[cell.Measured.SubNetwork] is var truth && truth >= cell.Metric!.Value.Low && truth <= cell.Metric.Value.High));
    }

    private static ImmutableDictionary<SubNetwork, double> Cells(IReadOnlyDictionary<SubNetwork, double> figures) =>
        ImmutableDictionary.CreateRange(figures);
}
