using Poa.Elastic;
using Poa.Training.Exchange;

namespace Poa.Benchmarks;

/// <summary>
/// Data-parallel training on one machine: two processes of one thread each, connected by TCP over the loopback interface, against one
/// process of two threads. Both compute the same two virtual shards.
/// </summary>
internal static class ExchangeBenchmark
{
    private static readonly (string Name, string[] Sizes)[] Networks =
    [
        ("5 M", ["student.max_embed_dim=192", "student.min_embed_dim=96", "student.max_depth=9", "student.min_depth=5", "dino.head_n_prototypes=[1024]", "dino.head_hidden_dim=512", "dino.head_bottleneck_dim=128", "train.batch_size_per_gpu=32"]),
        ("50 M", ["student.max_embed_dim=512", "student.min_embed_dim=256", "student.max_depth=12", "student.min_depth=6", "dino.head_n_prototypes=[16384]", "dino.head_hidden_dim=2048", "dino.head_bottleneck_dim=256", "train.batch_size_per_gpu=16"]),
    ];

    public static Report Run(BenchmarkOptions options)
    {
        var measurements = new List<Measurement>();
        foreach (var (name, sizes) in Networks)
        {
            PoaConfiguration Configuration(int threads)
            {
                string[] overrides =
                [
                    .. sizes, $"train.threads={threads}", $"optim.epochs={ExchangeMember.WarmUp + options.Repeats}", "optim.warmup_epochs=0", "train.OFFICIAL_EPOCH_LENGTH=1",
                    "train.virtual_shards=2", "train.num_workers=1", "student.head_dim=32", "student.patch_size=8", "crops.global_crops_size=32",
                    "crops.local_crops_number=0", "crops.local_crops_size=16", "optim.ibot_activate_epochs=0", "evaluation.knn.image_size=32",
                ];
                return PoaConfiguration.Load([], overrides);
            }

            var parameters = RunCost.Of(Configuration(1), 0).TrainedParameters;
            var two = ExchangeMember.MeasureWithAnother(Configuration(1), parameters);
            var one = ExchangeMember.Measure(Configuration(2), parameters, LoneExchange.Instance);
            var (step, sum) = (Statistics.Median(two.Steps.Select(s => s.Seconds)), Statistics.Median(two.SumSeconds));
            measurements.AddRange(
            [
                new($"{name}: parameters", parameters / 1e6, "M"),
                new($"{name}: sum of a gradient", sum, "s"),
                new($"{name}: bandwidth of it", parameters * sizeof(float) / sum / 1e6, "MB/s"),
                new($"{name}: step, 2 processes x 1 thread", step, "s"),
                new($"{name}: of it in exchange, with waits", 100 * Statistics.Median(two.Steps.Select(s => s.ExchangeSeconds / s.Seconds)), "%"),
                new($"{name}: of it the gradient's sum alone", 100 * sum / step, "%"),
                new($"{name}: step, 1 process x 2 threads", Statistics.Median(one.Steps.Select(s => s.Seconds)), "s"),
                new($"{name}: 2 processes", Statistics.Median(two.Steps.Select(s => s.ImagesPerSecond)), "images/s"),
                new($"{name}: 1 process", Statistics.Median(one.Steps.Select(s => s.ImagesPerSecond)), "images/s"),
            ]);
        }

        return new("exchange", $"2 virtual shards, batch 32 (5 M) and 16 (50 M), images of 32 x 32 in 16 patches, TCP on loopback, medians of {options.Repeats} steps", measurements);
    }
}
