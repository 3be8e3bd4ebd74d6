using Poa.Elastic;

namespace Poa.Benchmarks.Search;

/// <summary>
/// Budget search on a grid that was measured whole: how near to the best sub-network within random budgets it comes, with a third of the
/// evaluations. The answers to its questions are read from the measured grid.
/// </summary>
internal static class SearchBenchmark
{
    private const int ImageSize = 28;
    private const double NearEnough = 0.5;

    public static Report Run(BenchmarkOptions options)
    {
        var grid = ConfigurationPresets.Load("demo").Grid();
        var (metrics, latencies) = (GridFile.Read("demo-knn", "top1@20"), GridFile.Read("demo-latency", "p50_ms"));
        var evaluations = grid.SubNetworks.Count / 3;
        Trial[] trials = [.. Enumerable.Range(0, options.Budgets).Select(i => Trial.Of(grid, ImageSize, metrics, latencies, RandomBudget(grid, latencies, i), evaluations))];
        return new(
            "search",
            $"grid of the demo, {grid.SubNetworks.Count} sub-networks, {options.Budgets} random budgets on parameters, multiply-accumulates or latency, at most {evaluations} evaluations each",
            [
                new($"within {NearEnough} points of the best", trials.Count(trial => trial.Gap <= NearEnough), $"of {trials.Length}"),
                new("the very best found", trials.Count(trial => trial.Gap == 0), $"of {trials.Length}"),
                new("largest gap to the best", trials.Max(trial => trial.Gap), "points"),
                new("mean gap to the best", trials.Average(trial => trial.Gap), "points"),
                new("most evaluations", trials.Max(trial => trial.Evaluations), $"of {grid.SubNetworks.Count}"),
                new("mean number of evaluations", trials.Average(trial => trial.Evaluations), $"of {grid.SubNetworks.Count}"),
                new("mean number of candidates", trials.Average(trial => trial.Candidates), $"of {grid.SubNetworks.Count}"),
                new("latencies, where the budget is one", trials.Where(trial => trial.Latencies > 0).Select(trial => (double)trial.Latencies).DefaultIfEmpty(0).Average(), $"of {grid.SubNetworks.Count}"),
                new("figures inside their 90 % interval", 100.0 * trials.Sum(trial => trial.Inside) / Math.Max(1, trials.Sum(trial => trial.Predicted)), "%"),
                new("largest gap, the one with most parameters", trials.Max(trial => trial.GapOfLargest), "points"),
                new("mean gap, the one with most parameters", trials.Average(trial => trial.GapOfLargest), "points"),
            ]);
    }

    /// <summary>A limit on one of the costs, between that of the smallest and of the intact sub-network, evenly in the logarithm.</summary>
    private static Budget RandomBudget(ISubNetworkGrid grid, IReadOnlyDictionary<SubNetwork, double> latencies, int number)
    {
        var random = Randomness.For(0, RandomPurpose.Testing, number, 0);
        var (least, most) = (grid.CostOf(grid.Smallest, ImageSize), grid.CostOf(grid.Intact, ImageSize));
        double Between(double from, double to) => Math.Exp(random.Uniform(Math.Log(from), Math.Log(to)));
        return (number % 3) switch
        {
            0 => new Budget(Parameters: (long)Between(least.Parameters, most.Parameters)),
            1 => new Budget(MultiplyAccumulates: (long)Between(least.MultiplyAccumulates, most.MultiplyAccumulates)),
            _ => new Budget(LatencyMilliseconds: Between(latencies.Values.Min(), latencies.Values.Max())),
        };
    }
}
