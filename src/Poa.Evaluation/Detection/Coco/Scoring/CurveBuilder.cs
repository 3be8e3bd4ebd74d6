namespace Poa.Evaluation.Detection.Coco;

/// <summary>Makes the curves of one category from its matches (<c>accumulate</c> of COCOeval).</summary>
internal sealed class CurveBuilder(CocoDetections detections, CocoPairs pairs, MatchTable table, CocoScores scores)
{
    // numpy's spacing(1), which keeps 0/0 out.
    private static readonly double Epsilon = Math.BitIncrement(1.0) - 1;

    public void Build(int category)
    {
        var (all, ranks) = Ranked(category);
        int[] kept = new int[all.Length];
        var work = (Recall: new double[all.Length], Precision: new double[all.Length]);
        for (var limit = 0; limit < scores.Options.MaxDetections.Length; limit++)
        {
            var count = 0;
            for (var i = 0; i < all.Length; i++)
            {
                if (ranks[i] < scores.Options.MaxDetections[limit])
                {
                    kept[count++] = all[i];
                }
            }

            for (var area = 0; area < CocoScoringOptions.AreaRanges.Length; area++)
            {
                if (table.Objects(area, category) is var objects and > 0)
                {
                    for (var overlap = 0; overlap < CocoScoringOptions.OverlapThresholds.Length; overlap++)
                    {
                        Build(kept.AsSpan(0, count), objects, category, area, limit, overlap, work.Recall, work.Precision);
                    }
                }
            }
        }
    }

    /// <summary>The category's detections over all images by falling score, equal ones by image; and the rank of each in its image.</summary>
    private (int[] Detections, int[] Ranks) Ranked(int category)
    {
        var (first, end) = (pairs.OfCategory(category).Start.Value, pairs.OfCategory(category).End.Value);
        if (first == end)
        {
            return ([], []);
        }

        var start = pairs.All[first].Detections.Start.Value;
        var ranks = new int[pairs.All[end - 1].Detections.End.Value - start];
        var order = new int[ranks.Length];
        for (var p = first; p < end; p++)
        {
            var range = pairs.All[p].Detections;
            for (var d = range.Start.Value; d < range.End.Value; d++)
            {
                (order[d - start], ranks[d - start]) = (d, d - range.Start.Value);
            }
        }

        order.AsSpan().Sort((a, b) => ScoreOf(b).CompareTo(ScoreOf(a)) is var by and not 0 ? by : a.CompareTo(b));
        return (order, [.. order.Select(d => ranks[d - start])]);
    }

    private void Build(ReadOnlySpan<int> kept, int objects, int category, int area, int limit, int overlap, double[] recall, double[] precision)
    {
        var (right, wrong) = (0, 0);
        for (var i = 0; i < kept.Length; i++)
        {
            if (!table.IsIgnored(area, kept[i], overlap))
            {
                (right, wrong) = table.IsMatched(area, kept[i], overlap) ? (right + 1, wrong) : (right, wrong + 1);
            }

            (recall[i], precision[i]) = ((double)right / objects, right / (wrong + right + Epsilon));
        }

        for (var i = kept.Length - 1; i > 0; i--)
        {
            precision[i - 1] = Math.Max(precision[i - 1], precision[i]);
        }

        var (curve, score) = scores.Entry(overlap, category, area, limit, kept.Length == 0 ? 0 : recall[kept.Length - 1]);
        var at = 0;
        for (var r = 0; r < CocoScoringOptions.RecallThresholds.Length; r++)
        {
            while (at < kept.Length && recall[at] < CocoScoringOptions.RecallThresholds[r])
            {
                at++;
            }

            (curve.Span[r], score.Span[r]) = at < kept.Length ? (precision[at], ScoreOf(kept[at])) : (0, 0);
        }
    }

    private double ScoreOf(int detection) => detections.Items[pairs.Detections[detection]].Score;
}
