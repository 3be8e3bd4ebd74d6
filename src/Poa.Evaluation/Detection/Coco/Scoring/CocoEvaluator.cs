using Poa.Data.Datasets;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// Scores detections as COCOeval of pycocotools does, to the last digit that matters: what is a match, what is left out, and the order among
/// equals are all its own. Memory grows with the number of objects and detections, not with the size of masks.
/// </summary>
/// <param name="options">How to score; COCO's way if null.</param>
public sealed class CocoEvaluator(CocoScoringOptions? options = null)
{
    private readonly CocoScoringOptions options = Checked(options ?? new());

    /// <summary>Scores all images of the set; one without detections counts too.</summary>
    /// <exception cref="DatasetException">Masks are to be scored and an object has none.</exception>
    public CocoScores Evaluate(CocoDetections detections, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(detections);
        var pairs = new CocoPairs(detections, options.MaxDetections[^1]);
        var table = MatchTable.Build(detections, pairs, options, cancellationToken);
        var scores = new CocoScores(options, detections.Annotations.Categories);
        var curves = new CurveBuilder(detections, pairs, table, scores);
        Parallel.For(
            0,
            detections.Annotations.Categories.Count,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellationToken },
            curves.Build);
        return scores;
    }

    /// <summary>What was matched with what in every image and category that has objects or detections, by category and image; computed as it is asked for.</summary>
    /// <param name="detections">The detections.</param>
    /// <param name="area">Place in <see cref="CocoScoringOptions.AreaRanges"/>; 0 is all.</param>
    public IEnumerable<CocoMatches> Matches(CocoDetections detections, int area = 0)
    {
        ArgumentNullException.ThrowIfNull(detections);
        var range = CocoScoringOptions.AreaRanges[area];
        var pairs = new CocoPairs(detections, options.MaxDetections[^1]);
        var matcher = new PairMatcher(detections, pairs, options.Kind);
        return pairs.All.Select(pair => CocoMatches.Of(detections, pairs, pair, range, matcher));
    }

    private static CocoScoringOptions Checked(CocoScoringOptions options)
    {
        options.Check();
        return options;
    }
}
