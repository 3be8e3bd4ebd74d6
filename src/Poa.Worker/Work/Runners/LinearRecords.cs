using System.Collections.Immutable;
using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Classification.Linear;

namespace Poa.Worker.Work.Runners;

/// <summary>Results of linear probes in the form in which they are stored.</summary>
internal static class LinearRecords
{
    private const string Headline = "top1";

    /// <param name="result">The result.</param>
    /// <param name="grid">The network's grid.</param>
    /// <param name="elapsed">Time since the pass began.</param>
    public static EvaluationResult Of(LinearResult result, ISubNetworkGrid grid, TimeSpan elapsed)
    {
        var cost = grid.CostOf(grid.Parse(result.Network), result.Protocol.Options.CropSize);
        return new EvaluationResult
        {
            SubNetwork = result.Network,
            Benchmark = Benchmarks.Linear,
            Metrics = new Dictionary<string, double> { [Headline] = result.Best.Top1 * 100, ["top5"] = result.Best.Top5 * 100 }.ToImmutableSortedDictionary(),
            Headline = Headline,
            Protocol = Protocol(result.Protocol),
            Details = Details(result),
            Parameters = cost.Parameters,
            MultiplyAccumulates = cost.MultiplyAccumulates,
            Elapsed = elapsed,
        };
    }

    private static ImmutableSortedDictionary<string, string> Details(LinearResult result)
    {
        var details = ImmutableSortedDictionary.CreateBuilder<string, string>();
        details["best"] = result.Best.Setting.ToString();
        details["settings"] = string.Join("; ", result.Accuracies.Select(accuracy => string.Create(
            CultureInfo.InvariantCulture, $"{accuracy.Setting} top1={accuracy.Top1 * 100:F2} top5={accuracy.Top5 * 100:F2}")));
        if (result.Protocol.Notes.Count > 0)
        {
            details["notes"] = string.Join(" ", result.Protocol.Notes);
        }

        return details.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, string> Protocol(LinearProtocol protocol)
    {
        var options = protocol.Options;
        var facts = new ProtocolFacts
        {
            ["feature"] = protocol.Feature,
            ["form"] = options.CachedFeatures ? "features computed once, without augmentation" : "features of freshly cropped images in every step",
            ["optimiser"] = $"SGD, momentum {ProtocolFacts.Text(options.Momentum)}, no weight decay, cosine to 0",
            ["learning_rates"] = string.Join(" ", options.LearningRates.Select(ProtocolFacts.Text)),
            ["rate_scale"] = ProtocolFacts.Text(options.BatchSize / 256.0),
            ["blocks"] = $"{string.Join(" ", options.LastBlocks)} {(options.Blocks == BlockChoice.Spaced ? "spaced" : "last")}",
            ["avgpool"] = string.Join(" ", options.AveragePooling.Select(pooling => pooling ? "true" : "false")),
            ["epochs"] = ProtocolFacts.Text(options.Epochs),
            ["steps"] = ProtocolFacts.Text(protocol.Steps),
            ["batch"] = ProtocolFacts.Text(options.BatchSize),
            ["forward_batch"] = ProtocolFacts.Text(options.ForwardBatch),
            ["seed"] = ProtocolFacts.Text(options.Seed),
            ["resize"] = ProtocolFacts.Text(options.ResizeSize),
            ["crop"] = ProtocolFacts.Text(options.CropSize),
            ["selection"] = "best top-1 on the validation images",
            ["classes"] = ProtocolFacts.Text(protocol.Classes),
        };
        if (!options.CachedFeatures)
        {
            facts["augmentation"] = $"random crop of area {ProtocolFacts.Text(options.Crop.Scale.Min)}-{ProtocolFacts.Text(options.Crop.Scale.Max)}, "
                + $"aspect {ProtocolFacts.Text(options.Crop.AspectRatio.Min)}-{ProtocolFacts.Text(options.Crop.AspectRatio.Max)}, flip {ProtocolFacts.Text(options.FlipProbability)}";
        }

        if (options.AllowUnreadable)
        {
            facts["unreadable"] = $"{ProtocolFacts.Text(protocol.Validation.Unreadable)} validation images left out"
                + (options.CachedFeatures ? $", {ProtocolFacts.Text(protocol.Train.Unreadable)} training images left out" : "; training images replaced by the next readable one");
        }

        return facts.AddNormalisation(options.Normalisation).AddImages(protocol.Train, protocol.Validation)
            .AddMachine(protocol.SoftwareVersion, protocol.Device, protocol.Threads, options.CheckpointSha256)
            .ToImmutableSortedDictionary();
    }
}
