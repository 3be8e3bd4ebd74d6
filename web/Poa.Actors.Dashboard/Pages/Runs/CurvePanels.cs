using System.Globalization;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>Which figures of a run are drawn, together and under which names.</summary>
public static class CurvePanels
{
    private const string Loss = "loss";
    private const string GradientNorm = "gradient_norm_";

    // Prefixes, with the number of the head's branch behind them.
    private static readonly (string Prefix, string Name)[] Terms =
    [
        ("dino_global_crops_loss", "class token, global crops"),
        ("dino_local_crops_loss", "class token, local crops"),
        ("ibot_loss", "masked patches"),
        ("distill_global_crops_loss", "distillation, global crops"),
        ("distill_local_crops_loss", "distillation, local crops"),
        ("koleo_loss", "KoLeo"),
    ];

    private static readonly CurvePanel[] Schedules =
    [
        new("learning-rate", "Learning rate", "", [new("all but prototypes", "learning_rate"), new("prototypes", "last_layer_learning_rate")]),
        new("weight-decay", "Weight decay", "", [new("weight decay", "weight_decay")]),
        new("teacher-temperature", "Teacher temperature", "", [new("temperature", "teacher_temperature")]),
        new("teacher-momentum", "Teacher momentum", "", [new("momentum", "teacher_momentum")]),
    ];

    private static readonly CurvePanel[] Speeds =
    [
        new("speed", "Speed", "images/s", [new("images/s", "images", Per: "step_seconds")]),
        new("step-time", "Time of a step", "s", [new("step", "step_seconds"), new("of it, waiting for images", "data_seconds"), new("of it, exchange between workers", "exchange_seconds")]),
    ];

    /// <summary>The charts for a run that has these figures, most important first. Figures that nobody knows are drawn, too.</summary>
    /// <param name="figures">Names of figures.</param>
    public static IReadOnlyList<CurvePanel> For(IReadOnlyCollection<string> figures)
    {
        var left = figures.Where(name => name is not ("images" or "applied")).ToHashSet();
        List<CurvePanel> panels = [];
        Add(new CurvePanel("loss", "Total loss", "", [new("total loss", Loss)], HasBand: true));
        Add(new CurvePanel("terms", "Loss terms", "", [.. figures.Where(name => name != Loss && name.Contains(Loss)).OrderBy(TermOrder).ThenBy(name => name, StringComparer.Ordinal).Select(name => new Curve(TermName(name), name))]));
        foreach (var panel in Schedules)
        {
            Add(panel);
        }

        Add(new CurvePanel("gradient-norms", "Gradient norm before clipping", "", [.. figures.Where(name => name.StartsWith(GradientNorm, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => new Curve(Words(name[GradientNorm.Length..]), name))]));
        Add(new CurvePanel("target-entropy", "Entropy of the teacher's targets", "", [new("entropy / log K", "target_entropy")]));
        foreach (var panel in Speeds)
        {
            Add(panel);
        }

        foreach (var name in left.Order(StringComparer.Ordinal))
        {
            panels.Add(new CurvePanel(name, Words(name), "", [new(Words(name), name)]));
        }

        return panels;

        void Add(CurvePanel panel)
        {
            Curve[] lines = [.. panel.Lines.Where(line => figures.Contains(line.Value) && (line.Per is null || figures.Contains(line.Per)))];
            if (lines.Length > 0)
            {
                panels.Add(panel with { Lines = lines });
                left.ExceptWith(lines.Select(line => line.Value));
            }
        }
    }

    /// <summary>The points of a line: the mean of each point; NaN where there is none.</summary>
    /// <param name="series">The figures.</param>
    /// <param name="line">The line.</param>
    public static IReadOnlyList<double> Means(MetricsSeries series, Curve line)
    {
        if (!series.Columns.TryGetValue(line.Value, out var values))
        {
            return [.. Enumerable.Repeat(double.NaN, series.Iterations.Count)];
        }

        // The mean of quotients would give short steps too much weight: images in all by seconds in all is the speed.
        return line.Per is null ? values.Mean
            : series.Columns.TryGetValue(line.Per, out var per) ? [.. values.Mean.Zip(per.Mean, (value, by) => value / by)]
            : [.. Enumerable.Repeat(double.NaN, series.Iterations.Count)];
    }

    /// <summary>Steps that changed nothing because their loss or gradients were not finite.</summary>
    /// <param name="series">The figures.</param>
    public static long SkippedSteps(MetricsSeries series) => series.Columns.TryGetValue("applied", out var applied)
        ? (long)Math.Round(applied.Mean.Zip(series.Counts, (mean, count) => double.IsFinite(mean) ? (1 - mean) * count : 0).Sum())
        : 0;

    private static int TermOrder(string name)
    {
        var at = Array.FindIndex(Terms, term => name.StartsWith(term.Prefix, StringComparison.Ordinal));
        return at < 0 ? Terms.Length : at;
    }

    private static string TermName(string name)
    {
        var at = TermOrder(name);
        if (at == Terms.Length)
        {
            return Words(name);
        }

        var branch = name[Terms[at].Prefix.Length..].TrimStart('_');
        return int.TryParse(branch, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? string.Create(CultureInfo.InvariantCulture, $"{Terms[at].Name}, head {index + 1}")
            : Terms[at].Name;
    }

    private static string Words(string name) => name.Replace('_', ' ');
}
