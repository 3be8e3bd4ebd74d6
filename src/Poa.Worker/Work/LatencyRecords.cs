using System.Collections.Immutable;
using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Latency;

namespace Poa.Worker.Work;

/// <summary>Latency figures in the form in which they are stored.</summary>
internal static class LatencyRecords
{
    private const string Headline = "p50_ms";

    /// <summary>How all networks of one measurement were measured.</summary>
    /// <param name="options">Batch, image size, warm-up, repetitions.</param>
    /// <param name="device">Device, such as <c>cpu</c>.</param>
    /// <param name="hardware">What the device is.</param>
    /// <param name="threads">Threads of the tensor library.</param>
    /// <param name="together">Networks that took turns.</param>
    /// <param name="checkpointSha256">The weights.</param>
    public static ImmutableSortedDictionary<string, string> Protocol(
        LatencyOptions options, string device, string hardware, int threads, int together, string checkpointSha256) => new Dictionary<string, string>
        {
            ["network"] = "extracted plain network, float32",
            ["device"] = device,
            ["hardware"] = hardware,
            ["threads"] = Text(threads),
            ["batch"] = Text(options.BatchSize),
            ["image_size"] = Text(options.ImageSize),
            ["warmup"] = Text(options.WarmUp),
            ["repetitions"] = Text(options.Repetitions),
            ["interleaved"] = Text(together),
            ["software"] = SoftwareVersion.Product,
            [EvaluationResult.CheckpointFact] = checkpointSha256,
        }.ToImmutableSortedDictionary();

    /// <param name="subNetwork">What was measured.</param>
    /// <param name="figures">Its figures.</param>
    /// <param name="cost">What it costs at that image size.</param>
    /// <param name="protocol">How it was measured.</param>
    /// <param name="elapsed">Time since the work began.</param>
    public static EvaluationResult Of(
        SubNetwork subNetwork, LatencyFigures figures, SubNetworkCost cost, ImmutableSortedDictionary<string, string> protocol, TimeSpan elapsed) => new()
        {
            SubNetwork = subNetwork.ToString(),
            Benchmark = Benchmarks.Latency,
            Metrics = new Dictionary<string, double>
            {
                [Headline] = figures.P50,
                ["p95_ms"] = figures.P95,
                ["mean_ms"] = figures.Mean,
            }.ToImmutableSortedDictionary(),
            Headline = Headline,
            Protocol = protocol,
            Parameters = cost.Parameters,
            MultiplyAccumulates = cost.MultiplyAccumulates,
            Elapsed = elapsed,
        };

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
