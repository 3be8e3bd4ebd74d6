using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Evaluation.Classification.Knn;
using Poa.Networks;

namespace Poa.Benchmarks;

/// <summary>k-NN of the demo grid on demo images: all sub-networks in one pass over the data, against one pass for each.</summary>
internal static class KnnBenchmark
{
    public static Report Run(BenchmarkOptions options)
    {
        var configuration = ConfigurationPresets.Load("demo");
        using var backbone = new ElasticViT(configuration.ViTArchitecture(), configuration.Train.Seed);
        var grid = backbone.Grid.SubNetworks;
        var train = new FirstImages(DataSpecification.Parse("demo?split=train").Open(), options.Images);
        var test = new FirstImages(DataSpecification.Parse("demo?split=test").Open(), Math.Max(1, options.Images / 4));
        var evaluator = new KnnEvaluator(KnnEvaluationOptions.From(configuration));
        void Shared() => evaluator.EvaluateNetworks(backbone, grid, train, test);
        void OneByOne()
        {
            foreach (var subNetwork in grid)
            {
                evaluator.EvaluateNetworks(backbone, [subNetwork], train, test);
            }
        }

        Shared();
        var pairs = Enumerable.Range(0, options.Repeats).Select(_ => (Shared: Timing.Of(Shared), OneByOne: Timing.Of(OneByOne))).ToArray();
        var (shared, oneByOne) = (Statistics.Median(pairs.Select(p => p.Shared.Seconds)), Statistics.Median(pairs.Select(p => p.OneByOne.Seconds)));
        var (sharedWork, oneByOneWork) = (Statistics.Median(pairs.Select(p => p.Shared.ProcessorSeconds)), Statistics.Median(pairs.Select(p => p.OneByOne.ProcessorSeconds)));
        var images = train.Count + test.Count;
        return new(
            "knn",
            $"preset demo, {grid.Count} sub-networks, {train.Count} + {test.Count} images, {options.Threads} threads, medians of {options.Repeats} interleaved pairs",
            [
                new("one shared pass", images / shared, "images/s through the whole grid"),
                new("one pass per sub-network", images / oneByOne, "images/s through the whole grid"),
                new("shared pass", shared, "s"),
                new("passes per sub-network", oneByOne, "s"),
                new("gain of sharing", oneByOne / shared, "times"),
                new("gain by processor time", oneByOneWork / sharedWork, "times"),
            ]);
    }
}
