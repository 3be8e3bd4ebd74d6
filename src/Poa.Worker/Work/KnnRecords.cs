using System.Collections.Immutable;
using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Classification.Knn;

namespace Poa.Worker.Work;

/// <summary>k-NN results in the form in which they are stored.</summary>
internal static class KnnRecords
{
    /// <summary>The k whose top-1 is shown where there is room for one figure; the k of the authors' log line and of most papers.</summary>
    private const int HeadlineK = 20;

    /// <param name="result">The result.</param>
    /// <param name="benchmark">One of <see cref="Benchmarks"/>.</param>
    /// <param name="grid">The network's grid; null for pixels, which cost nothing.</param>
    /// <param name="imageSize">Side of the images it saw, in pixels.</param>
    /// <param name="elapsed">Time since the pass began.</param>
    public static EvaluationResult Of(KnnResult result, string benchmark, ISubNetworkGrid? grid, int imageSize, TimeSpan elapsed)
    {
        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>();
        foreach (var accuracy in result.Accuracies)
        {
            metrics[Name("top1", accuracy.K)] = accuracy.Top1 * 100;
            metrics[Name("top5", accuracy.K)] = accuracy.Top5 * 100;
        }

        var headline = result.Accuracies.Any(accuracy => accuracy.K == HeadlineK) ? HeadlineK : result.Accuracies[0].K;
        var cost = grid?.CostOf(grid.Parse(result.Network), imageSize) ?? default;
        return new EvaluationResult
        {
            SubNetwork = grid is null ? Benchmarks.Pixels : result.Network,
            Benchmark = benchmark,
            Metrics = metrics.ToImmutable(),
            Headline = Name("top1", headline),
            Protocol = Protocol(result.Protocol),
            Parameters = cost.Parameters,
            MultiplyAccumulates = cost.MultiplyAccumulates,
            Elapsed = elapsed,
        };
    }

    private static string Name(string metric, int k) => string.Create(CultureInfo.InvariantCulture, $"{metric}@{k}");

    private static ImmutableSortedDictionary<string, string> Protocol(KnnProtocol protocol)
    {
        var facts = ImmutableSortedDictionary.CreateBuilder<string, string>();
        facts["feature"] = protocol.Feature;
        facts["resize"] = Text(protocol.ResizeSize);
        facts["crop"] = Text(protocol.CropSize);
        facts["mean"] = string.Join(" ", protocol.Mean.Select(m => m.ToString(CultureInfo.InvariantCulture)));
        facts["deviation"] = string.Join(" ", protocol.Deviation.Select(d => d.ToString(CultureInfo.InvariantCulture)));
        facts["k"] = string.Join(" ", protocol.Neighbours);
        facts["temperature"] = protocol.Temperature.ToString(CultureInfo.InvariantCulture);
        facts["batch"] = Text(protocol.BatchSize);
        facts["train"] = $"{protocol.Train.Name} ({Text(protocol.Train.Used)} images)";
        facts["train_sha256"] = protocol.Train.Fingerprint;
        facts["test"] = $"{protocol.Test.Name} ({Text(protocol.Test.Used)} images)";
        facts["test_sha256"] = protocol.Test.Fingerprint;
        facts["classes"] = Text(protocol.Classes);
        facts["software"] = protocol.SoftwareVersion;
        facts["device"] = protocol.Device;
        facts["threads"] = Text(protocol.Threads);
        if (protocol.CheckpointSha256 is { } checkpoint)
        {
            facts["checkpoint_sha256"] = checkpoint;
        }

        if (protocol.UnreadableAllowed)
        {
            facts["unreadable"] = Text(protocol.Train.Unreadable + protocol.Test.Unreadable);
        }

        if (protocol.Notes.Count > 0)
        {
            facts["notes"] = string.Join(" ", protocol.Notes);
        }

        return facts.ToImmutable();
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
