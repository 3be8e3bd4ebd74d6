using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>What is worth its cost.</summary>
public static class ParetoFront
{
    /// <summary>
    /// The items that no other item beats: none costs as little or less and is as good or better, with one of the two strictly so. Items
    /// that tie in both figures are on the front together. Items with a figure that is not a number are left out.
    /// </summary>
    /// <typeparam name="T">An item.</typeparam>
    /// <param name="items">The items.</param>
    /// <param name="cost">Less is better; NaN where it is not known.</param>
    /// <param name="metric">More is better unless <paramref name="higherIsBetter"/> says otherwise; NaN where it is not known.</param>
    /// <param name="higherIsBetter">Whether a higher metric is a better one.</param>
    /// <returns>The front by rising cost; items that tie stay in their order.</returns>
    public static ImmutableArray<T> Of<T>(IEnumerable<T> items, Func<T, double> cost, Func<T, double> metric, bool higherIsBetter = true)
    {
        var sign = higherIsBetter ? 1 : -1;
        var front = ImmutableArray.CreateBuilder<T>();
        var (bestMetric, costOfBest) = (double.NegativeInfinity, double.NaN);
        var known = items.Select(item => (Item: item, Cost: cost(item), Metric: sign * metric(item)))
            .Where(point => !double.IsNaN(point.Cost) && !double.IsNaN(point.Metric))
            .OrderBy(point => point.Cost)
            .ThenByDescending(point => point.Metric);
        foreach (var point in known)
        {
            // Costs rise: a point is beaten exactly if one before it is as good, unless that one ties with it in both.
            if (front.Count == 0 || point.Metric > bestMetric || (point.Metric == bestMetric && point.Cost == costOfBest))
            {
                (bestMetric, costOfBest) = (point.Metric, point.Cost);
                front.Add(point.Item);
            }
        }

        return front.ToImmutable();
    }
}
