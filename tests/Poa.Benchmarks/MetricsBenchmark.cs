using System.Buffers;
using System.Text.Json;
using Poa.Storage;

namespace Poa.Benchmarks;

/// <summary>Reading a long run's metrics as a dashboard does, from a folder of blobs that the file cache holds.</summary>
internal static class MetricsBenchmark
{
    private const int MaxPoints = 1500;
    private const int FlushedSteps = 4096;

    private static readonly string[] Figures =
    [
        "applied", "cls_intra", "cls_cross", "data_seconds", "gradient_norm_backbone", "gradient_norm_head", "ibot", "images", "koleo",
        "last_layer_learning_rate", "learning_rate", "loss", "step_seconds", "teacher_momentum", "teacher_temperature", "weight_decay",
    ];

    public static Report Run(BenchmarkOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("poa-metrics-");
        try
        {
            var blobs = new LocalBlobStore(folder.FullName);
            var writing = Timing.Of(() => WriteAsync(blobs, options.Steps).GetAwaiter().GetResult());
            var size = folder.EnumerateFiles("*.jsonl", SearchOption.AllDirectories).GroupBy(file => file.FullName.Contains("metrics-levels", StringComparison.Ordinal)).ToDictionary(g => g.Key, g => g.Sum(file => file.Length));
            long end = options.Steps;
            List<Measurement> measurements =
            [
                new("written", options.Steps / writing.ProcessorSeconds, "steps/s of processor time"),
                new("records", size[false] / 1e6, "MB"),
                new("levels", size.GetValueOrDefault(true) / 1e6, "MB"),
            ];
            Measure("overview", () => MetricsReader.ReadSeriesAsync(blobs, "run", 0, null, MaxPoints));
            Measure("window of 2,000 steps", () => MetricsReader.ReadSeriesAsync(blobs, "run", Math.Max(0, end / 2 - 777), end / 2 + 1223, MaxPoints));
            Measure("sample counts", () => MetricsReader.ReadSampleCountsAsync(blobs, "run"));
            Measure("what is new after the end", async () => await MetricsReader.ReadAsync(blobs, "run", end - 1).CountAsync());
            foreach (var level in new DirectoryInfo(Path.Combine(folder.FullName, "runs/run")).GetDirectories("metrics-levels"))
            {
                level.Delete(recursive: true);
            }

            Measure("overview without levels", () => MetricsReader.ReadSeriesAsync(blobs, "run", 0, null, MaxPoints));
            return new("metrics", $"{options.Steps} steps of {Figures.Length} figures, at most {MaxPoints} points, median of {options.Repeats}", measurements);

            void Measure(string what, Func<Task> read)
            {
                read().GetAwaiter().GetResult(); // warm
                Timing[] timings = [.. Enumerable.Range(0, options.Repeats).Select(_ => Timing.Of(() => read().GetAwaiter().GetResult()))];
                measurements.Add(new(what, Statistics.Median(timings.Select(timing => timing.Seconds)) * 1e3, "ms"));
                measurements.Add(new($"{what}, processor", Statistics.Median(timings.Select(timing => timing.ProcessorSeconds)) * 1e3, "ms"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task WriteAsync(LocalBlobStore blobs, int steps)
    {
        var log = await MetricsLog.OpenAsync(blobs, "run", 0);
        var random = new Random(1);
        var line = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(line);
        for (var i = 0; i < steps; i++)
        {
            line.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            json.WriteNumber("iteration", i);
            json.WriteString("subNetwork", $"{48 + random.Next(13) * 16}x{2 + random.Next(11)}");
            json.WriteStartObject("values");
            foreach (var figure in Figures)
            {
                json.WriteNumber(figure, figure is "applied" or "images" ? 64 : (double)(float)random.NextDouble());
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.Flush();
            log.Append(i, line.WrittenSpan);
            if (i % FlushedSteps == 0)
            {
                await log.FlushAsync();
            }
        }

        await log.FlushAsync();
    }
}
