using Poa.Actors.Abstractions;
using Poa.Elastic;

namespace Poa.Cli.Rendering;

/// <summary>What the demo shows at its end. Every figure in it comes from stored results and states.</summary>
internal sealed record DemoReport
{
    /// <summary>The run after its training.</summary>
    public required RunSnapshot Run { get; init; }

    /// <summary>Threads it computed on.</summary>
    public required int Threads { get; init; }

    /// <summary>Stored results of the trained network, one per cell.</summary>
    public required IReadOnlyList<EvaluationResult> Trained { get; init; }

    /// <summary>Stored results of checkpoint 0.</summary>
    public required IReadOnlyList<EvaluationResult> Untrained { get; init; }

    /// <summary>Stored result on raw pixels.</summary>
    public required EvaluationResult Pixels { get; init; }

    /// <summary>Other benchmarks on a few sub-networks; empty where none were asked for.</summary>
    public IReadOnlyList<BenchmarkComparison> Downstream { get; init; } = [];

    /// <summary>Name and path of what stands in the list of places.</summary>
    public required IReadOnlyList<(string What, string Where)> Places { get; init; }

    /// <summary>How to go on.</summary>
    public required IReadOnlyList<(string What, string Command)> NextSteps { get; init; }

    /// <summary>The report's lines.</summary>
    public IEnumerable<string> Lines(int lineWidth)
    {
        var metric = Trained[0].Headline;
        var trained = ResultTables.Cells(Trained, metric);
        var untrained = ResultTables.Cells(Untrained, metric);
        SubNetwork[] cells = [.. trained.Keys];

        yield return "";
        yield return $"k-NN {metric} in percent on images not used in training, for every sub-network of the one network trained";
        yield return $"({ResultTables.Protocol([.. Trained, .. Untrained])})";
        yield return "";
        GridPanel[] panels =
        [
            new("pre-trained", cell => Formats.Percent(trained[cell])),
            new("untrained", cell => untrained.TryGetValue(cell, out var value) ? Formats.Percent(value) : "-"),
            new("gain in points", cell => untrained.TryGetValue(cell, out var value) ? Formats.Points(trained[cell] - value) : "-"),
        ];
        foreach (var line in GridTable.Lines(cells, panels, lineWidth))
        {
            yield return line;
        }

        var pixels = Pixels.Metrics.GetValueOrDefault(metric, Pixels.HeadlineValue);
        var better = trained.Values.Count(value => value > pixels);
        yield return "";
        yield return $"raw pixels: {Formats.Percent(pixels)} (no network; {better} of {trained.Count} sub-networks are above it)";
        yield return CostLine();
        if (Downstream.Count > 0)
        {
            yield return "";
            yield return "other tasks, in percent: heads trained on frozen sub-networks of the untrained and of the pre-trained network, scored on held-out images";
            yield return "(quick presets, scenes of demo images, one seed: figures compare with each other only)";
            yield return "";
            foreach (var line in ComparisonTable.Lines(Downstream))
            {
                yield return line;
            }
        }

        yield return "";
        foreach (var line in Aligned(Places))
        {
            yield return line;
        }

        yield return "";
        yield return "Next:";
        foreach (var line in Aligned(NextSteps))
        {
            yield return "  " + line;
        }
    }

    private string CostLine()
    {
        if (Run.Cost is not { } cost)
        {
            return "cost: not recorded";
        }

        var seconds = cost.Elapsed.TotalSeconds;
        return string.Create(Formats.Plain,
            $"cost of pre-training: {Formats.Duration(cost.Elapsed)} on {cost.Device}, {Formats.Count(cost.Iterations)} steps, "
            + $"{Formats.Count(cost.Images)} images, {(seconds > 0 ? cost.Images / seconds : 0):F0} images/s, "
            + $"{Formats.Count((long)(seconds * Threads))} core-seconds (energy is not measured)");
    }

    private static IEnumerable<string> Aligned(IReadOnlyList<(string Left, string Right)> pairs)
    {
        var width = pairs.Max(pair => pair.Left.Length);
        return pairs.Select(pair => $"{pair.Left.PadRight(width)}  {pair.Right}");
    }
}
