using Poa.Elastic;
using Poa.Training.Batching;

namespace Poa.Benchmarks;

/// <summary>The training data pipeline without a training step: crops, colours, blur, masks, and the copy into tensors.</summary>
internal static class AugmentBenchmark
{
    private const int SyntheticCount = 1024;
    private const int BatchesPerRepeat = 5;

    public static Report Run(BenchmarkOptions options)
    {
        var configuration = ConfigurationPresets.Load(options.Preset, [$"train.num_workers={options.Threads}"]);
        var (images, crops) = (new SyntheticImages(SyntheticCount, configuration.Crops.GlobalCropsSize), configuration.Crops);
        using var source = new BatchSource(images, configuration);

        // What was prepared ahead does not count, so the queue is emptied first.
        for (var i = 0; i <= configuration.Train.PrefetchBatches; i++)
        {
            source.Next().Dispose();
        }

        var timing = Timing.Of(() =>
        {
            for (var i = 0; i < BatchesPerRepeat * options.Repeats; i++)
            {
                source.Next().Dispose();
            }
        });
        var (batch, work) = (timing.Seconds / (BatchesPerRepeat * options.Repeats), timing.ProcessorSeconds / (BatchesPerRepeat * options.Repeats));
        return new(
            "augment",
            $"preset {options.Preset}, {images.Name} in memory, 2 crops of {crops.GlobalCropsSize} and {crops.LocalCropsNumber} of {crops.LocalCropsSize} per image, {options.Threads} loader threads, mean of {BatchesPerRepeat * options.Repeats} batches",
            [
                new("augmented images", configuration.Train.BatchSizePerGpu / batch, "images/s"),
                new("batch", batch, "s"),
                new("batch, processor time", work, "s"),
            ]);
    }
}
