namespace Poa.Storage;

/// <summary>
/// A run's figures over a range of iterations, as points that follow each other without overlap. All lists of a series, those of its
/// columns included, have one entry per point.
/// </summary>
/// <param name="Iterations">First iteration that each point covers, ascending.</param>
/// <param name="Counts">Steps that each point sums up; 1 where it is a single step.</param>
/// <param name="Columns">Figures by name, such as <c>loss</c>.</param>
/// <param name="NextIteration">The iteration behind the last point: hand it over as the next <c>from</c> to go on from here.</param>
public sealed record MetricsSeries(
    IReadOnlyList<long> Iterations, IReadOnlyList<int> Counts, IReadOnlyDictionary<string, MetricsColumn> Columns, long NextIteration);

/// <summary>One figure of a <see cref="MetricsSeries"/>. NaN stands where a point has no finite value of it.</summary>
/// <param name="Mean">Mean of the finite values.</param>
/// <param name="Min">Smallest finite value.</param>
/// <param name="Max">Largest finite value.</param>
/// <param name="NonFinite">How many values were NaN or infinite: they are left out of the others.</param>
public sealed record MetricsColumn(IReadOnlyList<double> Mean, IReadOnlyList<double> Min, IReadOnlyList<double> Max, IReadOnlyList<int> NonFinite);
