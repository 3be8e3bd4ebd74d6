namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// The outcome of scoring: twelve figures, the same per category, and the curves they are means of. Indices count overlap thresholds,
/// recall thresholds, categories by rising id, area ranges (all, small, medium, large) and limits of detections.
/// </summary>
public sealed class CocoScores
{
    /// <summary>What an entry of the curves holds where there is no object to find.</summary>
    public const double Undefined = -1;

    private static readonly int Overlaps = CocoScoringOptions.OverlapThresholds.Length;
    private static readonly int Recalls = CocoScoringOptions.RecallThresholds.Length;
    private static readonly int Areas = CocoScoringOptions.AreaRanges.Length;

    private readonly double[] precision;
    private readonly double[] score;
    private readonly double[] recall;

    internal CocoScores(CocoScoringOptions options, IReadOnlyList<CocoCategory> categories)
    {
        (Options, Categories) = (options, categories);
        var curves = Overlaps * categories.Count * Areas * options.MaxDetections.Length;
        (precision, score, recall) = (new double[curves * Recalls], new double[curves * Recalls], new double[curves]);
        Array.Fill(precision, Undefined);
        Array.Fill(score, Undefined);
        Array.Fill(recall, Undefined);
    }

    /// <summary>How the detections were scored.</summary>
    public CocoScoringOptions Options { get; }

    /// <summary>Categories by rising id.</summary>
    public IReadOnlyList<CocoCategory> Categories { get; }

    /// <summary>The figures over all categories.</summary>
    public CocoFigures Figures => FiguresOf(0, Categories.Count);

    /// <summary>The figures of one category.</summary>
    /// <param name="category">Its place in <see cref="Categories"/>.</param>
    public CocoFigures OfCategory(int category) => FiguresOf(category, category + 1);

    /// <summary>Precision at every recall threshold, made falling; all <see cref="Undefined"/> where there is nothing to find.</summary>
    public ReadOnlySpan<double> Precision(int overlap, int category, int area, int limit) => precision.AsSpan(Curve(overlap, category, area, limit) * Recalls, Recalls);

    /// <summary>Score of the detection that reaches a recall threshold; 0 where none does, <see cref="Undefined"/> where there is nothing to find.</summary>
    public ReadOnlySpan<double> Score(int overlap, int category, int area, int limit) => score.AsSpan(Curve(overlap, category, area, limit) * Recalls, Recalls);

    /// <summary>Share of the objects found; <see cref="Undefined"/> where there is nothing to find.</summary>
    public double Recall(int overlap, int category, int area, int limit) => recall[Curve(overlap, category, area, limit)];

    /// <summary>The curve to fill in: no two callers share one.</summary>
    internal (Memory<double> Precision, Memory<double> Score) Entry(int overlap, int category, int area, int limit, double highestRecall)
    {
        var curve = Curve(overlap, category, area, limit);
        recall[curve] = highestRecall;
        return (precision.AsMemory(curve * Recalls, Recalls), score.AsMemory(curve * Recalls, Recalls));
    }

    private int Curve(int overlap, int category, int area, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)overlap, (uint)Overlaps);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)category, (uint)Categories.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)area, (uint)Areas);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)limit, (uint)Options.MaxDetections.Length);
        return (((((category * Areas) + area) * Options.MaxDetections.Length) + limit) * Overlaps) + overlap;
    }

    private CocoFigures FiguresOf(int from, int to)
    {
        var last = Options.MaxDetections.Length - 1;
        return new(
            Mean(true, 0, Options.MaxDetections.IndexOf(CocoScoringOptions.PrecisionDetections)),
            Mean(true, 0, last, CocoScoringOptions.OverlapThresholds.IndexOf(0.5)),
            Mean(true, 0, last, CocoScoringOptions.OverlapThresholds.IndexOf(0.75)),
            Mean(true, 1, last),
            Mean(true, 2, last),
            Mean(true, 3, last),
            Mean(false, 0, 0),
            Mean(false, 0, 1),
            Mean(false, 0, last),
            Mean(false, 1, last),
            Mean(false, 2, last),
            Mean(false, 3, last));

        double? Mean(bool ofPrecision, int area, int limit, int? onlyOverlap = null)
        {
            var (sum, count) = (0.0, 0);
            for (var category = from; category < to; category++)
            {
                for (var overlap = onlyOverlap ?? 0; overlap < (onlyOverlap + 1 ?? Overlaps); overlap++)
                {
                    foreach (var value in ofPrecision ? Precision(overlap, category, area, limit) : [Recall(overlap, category, area, limit)])
                    {
                        (sum, count) = value > Undefined ? (sum + value, count + 1) : (sum, count);
                    }
                }
            }

            return count == 0 ? null : sum / count;
        }
    }
}
