using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>How findings grow, as functions from findings to findings.</summary>
internal static class SearchFindingsExtensions
{
    /// <summary>Takes up figures that were stored before the search.</summary>
    /// <exception cref="PoaException">A result lacks the figure that is searched by.</exception>
    public static SearchFindings WithStored(
        this SearchFindings findings, SearchSpecification specification, IEnumerable<EvaluationResult> results, IEnumerable<EvaluationResult> latencies)
    {
        var known = findings.WithMetrics(specification, [.. results]);
        return known.WithLatencies(latencies) with { HasLooked = true, Before = [.. known.Metrics.Keys] };
    }

    /// <summary>Takes up what a sweep brought: figures, and sub-networks that ended without one.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="specification">What is searched for.</param>
    /// <param name="sweep">The sweep, finished.</param>
    /// <param name="results">Its results.</param>
    /// <exception cref="PoaException">A result lacks the figure that is searched by.</exception>
    public static SearchFindings WithSweep(this SearchFindings findings, SearchSpecification specification, SweepSnapshot sweep, ImmutableArray<EvaluationResult> results)
    {
        // What another sweep computed meanwhile costs nothing.
        var computed = sweep.Jobs.Count(job => !job.IsReused);
        var isLatency = sweep.Specification.Benchmark == Benchmarks.Latency;
        findings = isLatency
            ? findings.WithLatencies(results) with { LatencyMeasurements = findings.LatencyMeasurements + computed }
            : findings.WithMetrics(specification, results) with { Evaluations = findings.Evaluations + computed };
        var known = isLatency ? findings.Latencies : findings.Metrics;
        return findings with { Failed = [.. findings.Failed.Union(sweep.Jobs.Select(job => job.SubNetwork).Where(name => !known.ContainsKey(name)))] };
    }

    private static SearchFindings WithMetrics(this SearchFindings findings, SearchSpecification specification, ImmutableArray<EvaluationResult> results)
    {
        if (results.IsEmpty)
        {
            return findings;
        }

        var metric = specification.Metric ?? findings.Metric ?? results[0].Headline;
        return results.FirstOrDefault(result => !result.Metrics.ContainsKey(metric)) is { } other
            ? throw new PoaException(
                ErrorCodes.InvalidArgument,
                $"The results of {specification.Benchmark} have no figure '{metric}'.",
                $"Search by one of {string.Join(", ", other.Metrics.Keys)}.")
            : findings with { Metric = metric, Metrics = findings.Metrics.SetItems(Finite(results, result => result.Metrics[metric])) };
    }

    private static SearchFindings WithLatencies(this SearchFindings findings, IEnumerable<EvaluationResult> results) =>
        findings with { Latencies = findings.Latencies.SetItems(Finite(results, result => result.HeadlineValue)) };

    private static IEnumerable<KeyValuePair<string, double>> Finite(IEnumerable<EvaluationResult> results, Func<EvaluationResult, double> figure) =>
        results.Select(result => KeyValuePair.Create(result.SubNetwork, figure(result))).Where(point => double.IsFinite(point.Value));
}
