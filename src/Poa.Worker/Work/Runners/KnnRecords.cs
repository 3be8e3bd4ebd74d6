using System.Collections.Immutable;
using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Evaluation.Classification.Knn;

namespace Poa.Worker.Work.Runners;

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
        var facts = new ProtocolFacts
        {
            ["feature"] = protocol.Feature,
            ["resize"] = ProtocolFacts.Text(protocol.ResizeSize),
            ["crop"] = ProtocolFacts.Text(protocol.CropSize),
            ["k"] = string.Join(" ", protocol.Neighbours),
            ["temperature"] = ProtocolFacts.Text(protocol.Temperature),
            ["batch"] = ProtocolFacts.Text(protocol.BatchSize),
            ["classes"] = ProtocolFacts.Text(protocol.Classes),
        };
        if (protocol.UnreadableAllowed)
        {
            facts["unreadable"] = ProtocolFacts.Text(protocol.Train.Unreadable + protocol.Test.Unreadable);
        }

        if (protocol.Notes.Count > 0)
        {
            facts["notes"] = string.Join(" ", protocol.Notes);
        }

        return facts.AddNormalisation(new Normalisation(protocol.Mean, protocol.Deviation)).AddImages(protocol.Train, protocol.Test)
            .AddMachine(protocol.SoftwareVersion, protocol.Device, protocol.Threads, protocol.CheckpointSha256)
            .ToImmutableSortedDictionary();
    }
}
