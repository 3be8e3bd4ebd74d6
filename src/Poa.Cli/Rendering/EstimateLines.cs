using Poa.Actors.Abstractions;
using Poa.Elastic;

namespace Poa.Cli.Rendering;

/// <summary>What a run will cost, in words.</summary>
internal static class EstimateLines
{
    /// <summary>The lines: what the configuration says, then what was measured.</summary>
    public static IEnumerable<string> Of(ISubNetworkGrid grid, RunCost cost, CalibrationResult measured)
    {
        (string Left, string Right)[] pairs =
        [
            ("sub-networks", string.Create(Formats.Plain, $"{cost.SubNetworks}, {grid.Smallest} to {grid.Intact}")),
            ("parameters", $"{Formats.Count(cost.SmallestParameters)} to {Formats.Count(cost.IntactParameters)}; trained with heads {Formats.Count(cost.TrainedParameters)}"),
            ("multiply-accumulates", $"{Formats.Count(cost.SmallestMultiplyAccumulates)} to {Formats.Count(cost.IntactMultiplyAccumulates)} for one image"),
            ("steps", string.Create(Formats.Plain, $"{Formats.Count(cost.Steps)} of {cost.BatchSize} images: {Formats.Count(cost.ImagesSeen)} images seen, each of {Formats.Count(measured.Images)} {cost.Passes:F1} times")),
            ("checkpoint", $"about {Formats.Bytes(cost.CheckpointBytes)} each"),
            ("measured", Measured(measured)),
            ("estimated duration", Formats.Duration(measured.EstimatedDuration)),
        ];
        var width = pairs.Max(pair => pair.Left.Length);
        return [.. pairs.Select(pair => $"{pair.Left.PadRight(width)}  {pair.Right}"), CalibrationResult.NotIncluded];
    }

    private static string Measured(CalibrationResult measured)
    {
        var memory = measured.PeakMemory is { } peak ? $", at most {Formats.Bytes(peak)} of memory" : "";
        return string.Create(
            Formats.Plain,
            $"{measured.SecondsPerStep:F3} s a step ({measured.FastestStep:F3} to {measured.SlowestStep:F3} over {measured.MeasuredSteps}), "
            + $"{measured.ImagesPerSecond:F0} images/s on {measured.Shard} with {measured.Threads} threads{memory}");
    }
}
