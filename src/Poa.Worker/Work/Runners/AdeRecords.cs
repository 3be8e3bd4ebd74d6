using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Segmentation;

namespace Poa.Worker.Work.Runners;

/// <summary>ADE20K results in the form in which they are stored.</summary>
internal static class AdeRecords
{
    private const string Headline = "mIoU";

    /// <param name="result">The result.</param>
    /// <param name="grid">The network's grid.</param>
    /// <param name="elapsed">Time of this sub-network.</param>
    public static EvaluationResult Of(AdeResult result, ISubNetworkGrid grid, TimeSpan elapsed)
    {
        var (scores, protocol) = (result.Scores, result.Protocol);
        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>();
        foreach (var (name, value) in ((string, double?)[])[(Headline, scores.MeanIoU), ("mAcc", scores.MeanAccuracy), ("aAcc", scores.AllAccuracy)])
        {
            if (value is { } share)
            {
                metrics[name] = share * 100;
            }
        }

        var details = ImmutableSortedDictionary.CreateBuilder<string, string>();
        details["IoU of classes"] = string.Join("; ", scores.IoU.Select((share, i) => $"{result.ClassNames?[i] ?? ProtocolFacts.Text(i)} {ProtocolFacts.Percent(share)}"));
        details["weights_sha256"] = protocol.WeightsSha256;
        details["blocks"] = string.Join(" ", protocol.Taps);
        if (protocol.SkippedSteps > 0)
        {
            details["skipped_steps"] = ProtocolFacts.Text(protocol.SkippedSteps);
        }

        // What is said of every evaluation belongs to the protocol, what came about in this one does not.
        if (protocol.Notes.Count > 0)
        {
            details["notes"] = string.Join(" ", protocol.Notes);
        }

        var cost = grid.CostOf(grid.Parse(result.Network), protocol.Options.Transform.CropSize);
        return new EvaluationResult
        {
            SubNetwork = result.Network,
            Benchmark = Benchmarks.Ade20k,
            Metrics = metrics.ToImmutable(),
            Headline = Headline,
            Protocol = Protocol(protocol),
            Details = details.ToImmutable(),
            Parameters = cost.Parameters,
            MultiplyAccumulates = cost.MultiplyAccumulates,
            Elapsed = elapsed,
        };
    }

    private static ImmutableSortedDictionary<string, string> Protocol(AdeProtocol protocol) => new ProtocolFacts
    {
        ["method"] = protocol.Benchmark,
        ["head"] = protocol.HeadDescription,
        ["backbone"] = protocol.IsBackboneFrozen ? "frozen" : "trained",
        ["patch"] = ProtocolFacts.Text(protocol.PatchSize),
        ["strides"] = string.Join(" ", protocol.Strides.Select(ProtocolFacts.Text)),
        ["positions"] = protocol.Positions,
        ["classes"] = ProtocolFacts.Text(protocol.Classes),
        ["steps"] = ProtocolFacts.Text(protocol.Options.Iterations),
        ["tensor_library"] = protocol.TorchVersion,
    }
        .AddOptions(protocol.Options)
        .AddImages(protocol.Train, protocol.Validation)
        .AddMachine(protocol.SoftwareVersion, protocol.Device, protocol.Threads, protocol.Options.CheckpointSha256)
        .ToImmutableSortedDictionary();
}
