using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>What a search knows so far.</summary>
public sealed record SearchKnowledge
{
    /// <summary>Nothing.</summary>
    public static SearchKnowledge None { get; } = new();

    /// <summary>Measured figures, whether by this search or before it.</summary>
    public ImmutableDictionary<SubNetwork, double> Metrics { get; init; } = ImmutableDictionary<SubNetwork, double>.Empty;

    /// <summary>Measured times of a forward pass, in milliseconds.</summary>
    public ImmutableDictionary<SubNetwork, double> Latencies { get; init; } = ImmutableDictionary<SubNetwork, double>.Empty;

    /// <summary>Sub-networks that cannot be measured: not to be asked for again.</summary>
    public ImmutableHashSet<SubNetwork> Failed { get; init; } = [];

    /// <summary>Evaluations that this search has asked for.</summary>
    public int Evaluations { get; init; }

    /// <summary>Latencies that this search has asked for.</summary>
    public int LatencyMeasurements { get; init; }
}

/// <summary>What a search does next.</summary>
public enum SearchStep
{
    /// <summary>Evaluate sub-networks.</summary>
    Evaluate,

    /// <summary>Measure the latency of sub-networks.</summary>
    MeasureLatency,

    /// <summary>Nothing: the evaluations, or the latency measurements, that it was given are spent.</summary>
    Spent,

    /// <summary>Nothing: every sub-network that may keep to the budget with a chance of <see cref="BudgetSearch.LeastChance"/> or more is measured.</summary>
    AllMeasured,

    /// <summary>Nothing: no sub-network keeps to the budget.</summary>
    NothingFits,
}

/// <summary>What a search does next, and with which sub-networks.</summary>
/// <param name="Step">What.</param>
/// <param name="SubNetworks">With which; none where the search is at its end.</param>
public sealed record SearchMove(SearchStep Step, ImmutableArray<SubNetwork> SubNetworks)
{
    /// <summary>True if nothing is left to do.</summary>
    public bool IsEnd => Step is not (SearchStep.Evaluate or SearchStep.MeasureLatency);

    internal static SearchMove End(SearchStep step) => new(step, []);
}

/// <summary>One sub-network in the light of what is known.</summary>
/// <param name="Measured">Its costs and what was measured of it; NaN where nothing was.</param>
/// <param name="Metric">Prediction of its figure; null where it is measured, or too few are.</param>
/// <param name="Latency">Prediction of its latency in milliseconds; null where it is measured, or too few are.</param>
/// <param name="ChanceToFit">Probability that it keeps to the budget: 0 or 1 where that is known.</param>
public sealed record SearchCell(MeasuredSubNetwork Measured, Prediction? Metric, Prediction? Latency, double ChanceToFit);
