using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Detection;
using Poa.Evaluation.Detection.Coco;

namespace Poa.Worker.Work.Runners;

/// <summary>COCO results in the form in which they are stored.</summary>
internal static class CocoRecords
{
    private const string Headline = "box AP";

    /// <param name="result">The result.</param>
    /// <param name="grid">The network's grid.</param>
    /// <param name="elapsed">Time of this sub-network.</param>
    public static EvaluationResult Of(CocoBenchmarkResult result, ISubNetworkGrid grid, TimeSpan elapsed)
    {
        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>();
        // COCO's twelve figures in its order; three of them are recalls at a limit of detections.
        string[] names = ["AP", "AP50", "AP75", "APs", "APm", "APl", .. result.Protocol.Options.MaxDetections.Select(limit => $"AR@{ProtocolFacts.Text(limit)}"), "ARs", "ARm", "ARl"];
        Add(metrics, "box", names, result.Boxes.Figures);
        var details = ImmutableSortedDictionary.CreateBuilder<string, string>();
        details["box AP of categories"] = Categories(result.Boxes);
        if (result.Masks is { } masks)
        {
            Add(metrics, "mask", names, masks.Figures);
            details["mask AP of categories"] = Categories(masks);
        }

        var protocol = result.Protocol;
        if (protocol.SkippedIterations > 0)
        {
            details["skipped_steps"] = ProtocolFacts.Text(protocol.SkippedIterations);
        }

        if (protocol.Notes.Count > 0)
        {
            details["notes"] = string.Join(" ", protocol.Notes);
        }

        // Multiply-accumulates of the backbone alone, at the size that test images are brought to.
        var side = RoundUp(protocol.Options.Images.TestShortSide, protocol.Options.Images.PadDivisor);
        var cost = grid.CostOf(grid.Parse(result.Network), side);
        return new EvaluationResult
        {
            SubNetwork = result.Network,
            Benchmark = Benchmarks.Coco,
            Metrics = metrics.ToImmutable(),
            Headline = Headline,
            Protocol = Protocol(protocol),
            Details = details.ToImmutable(),
            Parameters = cost.Parameters,
            MultiplyAccumulates = cost.MultiplyAccumulates,
            Elapsed = elapsed,
        };
    }

    /// <summary>In percent; what cannot be known, for want of objects, is left out.</summary>
    private static void Add(ImmutableSortedDictionary<string, double>.Builder metrics, string kind, string[] names, CocoFigures figures)
    {
        foreach (var (name, value) in names.Zip(figures.InOrder))
        {
            if (value is { } share)
            {
                metrics[$"{kind} {name}"] = share * 100;
            }
        }
    }

    private static string Categories(DetectionFigures figures) =>
        string.Join("; ", figures.Categories.Select(category => $"{category.Name} {ProtocolFacts.Percent(category.Figures.Precision)}"));

    private static ImmutableSortedDictionary<string, string> Protocol(CocoBenchmarkProtocol protocol) => new ProtocolFacts
    {
        ["network"] = protocol.Network,
        ["classes"] = ProtocolFacts.Text(protocol.Classes.Count),
        ["steps"] = ProtocolFacts.Text(protocol.Iterations),
        ["steps_per_epoch"] = ProtocolFacts.Text(protocol.IterationsPerEpoch),
        ["data_order"] = protocol.DataOrder,
    }
        .AddOptions(protocol.Options)
        .AddImages(protocol.Train, protocol.Test)
        .AddMachine(protocol.SoftwareVersion, protocol.Device, protocol.Threads, protocol.Options.CheckpointSha256)
        .ToImmutableSortedDictionary();

    private static int RoundUp(int pixels, int divisor) => (pixels + divisor - 1) / divisor * divisor;
}
