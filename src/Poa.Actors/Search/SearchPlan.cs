using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Actors;

/// <summary>What a search makes of its findings. Holds nothing that changes, so that it can be asked on any thread.</summary>
internal sealed class SearchPlan
{
    private readonly ISubNetworkGrid _grid;
    private readonly BudgetSearch _search;
    private readonly bool _limitsLatency;

    /// <param name="specification">What is searched for.</param>
    /// <param name="configurationYaml">The run's configuration.</param>
    /// <exception cref="PoaException">The configuration is not one of this version.</exception>
    public SearchPlan(SearchSpecification specification, string configurationYaml)
    {
        var configuration = Read(specification.Run, configurationYaml);
        _grid = configuration.Grid();
        _limitsLatency = specification.Budget.LatencyMilliseconds is not null;
        _search = new BudgetSearch(
            _grid,
            configuration.Crops.GlobalCropsSize,
            specification.Budget.ToBudget(),
            Benchmarks.Describe(specification.Benchmark).HigherIsBetter,
            specification.Evaluations);
    }

    /// <summary>Names of all sub-networks, narrow and shallow first.</summary>
    public ImmutableArray<string> Names => [.. _grid.SubNetworks.Select(cell => cell.ToString())];

    /// <summary>What to do next.</summary>
    public SearchMove Next(SearchFindings findings) => _search.Next(Known(findings));

    /// <summary>The best that was measured and keeps to the budget; null if there is none.</summary>
    public string? Best(SearchFindings findings) => _search.Choice(Known(findings)).Best?.SubNetwork.ToString();

    /// <summary>The best that was measured, or null, and everything that is known or predicted.</summary>
    public SearchOutlook Outlook(SearchFindings findings)
    {
        var known = Known(findings);
        var (failed, before) = (findings.Failed.ToHashSet(), findings.Before.ToHashSet());
        return new SearchOutlook(
            Best(findings),
            [.. _search.Outlook(known).Select(cell => Of(cell, failed, before))]);
    }

    private static PoaConfiguration Read(string run, string configurationYaml)
    {
        try
        {
            return PoaConfiguration.Load([new ConfigurationSource($"run {run}", configurationYaml)]);
        }
        catch (ConfigurationException e)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"This silo cannot read the configuration of run {run}: {e.Message}", "Start all silos with the same version.");
        }
    }

    private SearchedSubNetwork Of(SearchCell cell, HashSet<string> failed, HashSet<string> before)
    {
        var name = cell.Measured.SubNetwork.ToString();
        return new SearchedSubNetwork
        {
            SubNetwork = name,
            Parameters = cell.Measured.Parameters,
            MultiplyAccumulates = cell.Measured.MultiplyAccumulates,
            Metric = Figure(cell.Measured.Metric),
            PredictedMetric = Told(cell.Metric),
            LatencyMilliseconds = Figure(cell.Measured.LatencyMilliseconds),
            PredictedLatencyMilliseconds = _limitsLatency ? Told(cell.Latency) : null,
            ChanceToFit = cell.ChanceToFit,
            IsFailed = failed.Contains(name),
            IsKnownBefore = before.Contains(name),
        };
    }

    private static double? Figure(double value) => double.IsNaN(value) ? null : value;

    private static PredictedFigure? Told(Prediction? prediction) => prediction is { } known ? new(known.Value, known.Low, known.High) : null;

    private static SearchKnowledge Known(SearchFindings findings) => new()
    {
        Metrics = findings.Metrics.ToImmutableDictionary(point => SubNetwork.Parse(point.Key), point => point.Value),
        Latencies = findings.Latencies.ToImmutableDictionary(point => SubNetwork.Parse(point.Key), point => point.Value),
        Failed = [.. findings.Failed.Select(SubNetwork.Parse)],
        Evaluations = findings.Evaluations,
        LatencyMeasurements = findings.LatencyMeasurements,
    };
}

/// <summary>What a search knows and predicts.</summary>
/// <param name="Best">The best that was measured and keeps to the budget; null if there is none.</param>
/// <param name="SubNetworks">Every sub-network.</param>
internal sealed record SearchOutlook(string? Best, ImmutableArray<SearchedSubNetwork> SubNetworks);
