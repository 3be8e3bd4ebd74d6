using System.Collections.Immutable;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>What a detection is compared by.</summary>
public enum CocoOverlapKind
{
    /// <summary>Boxes.</summary>
    Boxes,

    /// <summary>Masks; a detection without a mask counts as its box filled.</summary>
    Masks,
}

/// <summary>Sizes of objects that figures are given for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Least">Least area in square pixels, inclusive.</param>
/// <param name="Most">Greatest area in square pixels, inclusive.</param>
public readonly record struct CocoAreaRange(string Name, double Least, double Most)
{
    internal bool Excludes(double area) => area < Least || area > Most;
}

/// <summary>How detections are scored. The defaults are those of pycocotools.</summary>
public sealed record CocoScoringOptions
{
    /// <summary>Detections per image and category at which AP over all thresholds is taken, whatever the other limits are.</summary>
    public const int PrecisionDetections = 100;

    /// <summary>All objects, and the small, medium and large ones: limits 32² and 96² square pixels.</summary>
    public static ImmutableArray<CocoAreaRange> AreaRanges { get; } = [new("all", 0, 1e10), new("small", 0, 1024), new("medium", 1024, 9216), new("large", 9216, 1e10)];

    /// <summary>0.5 to 0.95 by 0.05, in the rounding of numpy's <c>linspace</c>.</summary>
    public static ImmutableArray<double> OverlapThresholds { get; } = Spaced(0.5, 0.95, 10);

    /// <summary>0 to 1 by 0.01, in the rounding of numpy's <c>linspace</c>.</summary>
    public static ImmutableArray<double> RecallThresholds { get; } = Spaced(0, 1, 101);

    /// <summary>Boxes or masks.</summary>
    public CocoOverlapKind Kind { get; init; }

    /// <summary>
    /// Three rising limits of detections per image and category. The first gives the first average recall, and so on; all figures at one
    /// overlap or one size are taken at the last. (100, 300, 1000) is what mmdet takes.
    /// </summary>
    public ImmutableArray<int> MaxDetections { get; init; } = [1, 10, 100];

    /// <summary>Threads; the outcome does not depend on them.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal void Check()
    {
        if (MaxDetections.IsDefault || MaxDetections is not [>= 1 and var first, var second, var third] || second <= first || third <= second || !MaxDetections.Contains(PrecisionDetections))
        {
            throw new ArgumentException($"{nameof(MaxDetections)} is not three rising limits of at least 1 with {PrecisionDetections}, at which AP is taken, among them.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
    }

    private static ImmutableArray<double> Spaced(double first, double last, int count)
    {
        var step = (last - first) / (count - 1);
        return [.. Enumerable.Range(0, count - 1).Select(i => first + (i * step)), last];
    }
}
