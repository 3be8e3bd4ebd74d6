using System.Globalization;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Grid;

/// <summary>Figures of sub-networks as text.</summary>
public static class GridText
{
    /// <summary>A figure without its unit, such as <c>77.3</c> or <c>1.2 M</c>.</summary>
    /// <param name="figure">Which figure.</param>
    /// <param name="value">Its value; NaN shows as missing.</param>
    public static string Value(GridFigure figure, double value) => figure.Unit switch
    {
        "" => Formats.Short(value),
        "%" => Formats.Number(value, 1),
        _ => Formats.Number(value, value < 10 ? 3 : 1),
    };

    /// <summary>A figure with its unit, such as <c>77.3 %</c>.</summary>
    /// <param name="figure">Which figure.</param>
    /// <param name="value">Its value; NaN shows as missing.</param>
    public static string WithUnit(GridFigure figure, double value) =>
        figure.Unit.Length == 0 || !double.IsFinite(value) ? Value(figure, value) : $"{Value(figure, value)} {figure.Unit}";

    /// <summary>What was asked, for people: images and options.</summary>
    /// <param name="measurement">The measurement.</param>
    public static string Question(GridMeasurement measurement)
    {
        string[] parts =
        [
            .. measurement.Benchmark switch
            {
                { NeedsImages: false } => Array.Empty<string>(),
                { IsJudgement: false } => [$"the first of {measurement.Data.Test}"],
                _ => [$"learnt from {measurement.Data.Train}", $"judged on {measurement.Data.Test}"],
            },
            measurement.Options.IsEmpty ? "default options" : Options(measurement.Options),
        ];
        return string.Join(", ", parts);
    }

    /// <summary>What a time was measured on; null for figures that are the same on every machine.</summary>
    /// <param name="result">The result.</param>
    public static string? Machine(EvaluationResult result) => result.Protocol.GetValueOrDefault("hardware") is { } hardware
        ? $"Measured on {hardware}; threads {result.Protocol.GetValueOrDefault("threads", Formats.Missing)}, batch {result.Protocol.GetValueOrDefault("batch", Formats.Missing)}."
        : null;

    /// <summary>Options as they are typed: <c>neighbours=10,20 temperature=0.07</c>.</summary>
    /// <param name="options">The options.</param>
    public static string Options(IEnumerable<KeyValuePair<string, string>> options) => string.Join(' ', options.Select(option => $"{option.Key}={option.Value}"));

    /// <summary>A checkpoint, for people.</summary>
    /// <param name="view">The grid.</param>
    /// <param name="iteration">Its iteration.</param>
    public static string Checkpoint(GridView view, long iteration)
    {
        var checkpoint = view.Run.Checkpoints.FirstOrDefault(checkpoint => checkpoint.Iteration == iteration);
        var note = iteration == 0 ? ", untrained" : checkpoint is null ? ", only results are left" : checkpoint.IsFinal ? ", final" : "";
        return $"iteration {Formats.Count(iteration)}{note}";
    }

    /// <summary>An iteration in an address.</summary>
    /// <param name="iteration">The iteration.</param>
    public static string Plain(long iteration) => iteration.ToString(CultureInfo.InvariantCulture);
}
