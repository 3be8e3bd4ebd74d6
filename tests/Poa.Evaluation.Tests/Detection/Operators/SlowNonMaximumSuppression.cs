namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>Greedy suppression, box by box.</summary>
internal static class SlowNonMaximumSuppression
{
    public static List<long> Keep(float[][] boxes, float[] scores, long[] groups, float threshold)
    {
        List<long> kept = [];
        foreach (var i in Enumerable.Range(0, boxes.Length).OrderByDescending(i => scores[i]))
        {
            if (!kept.Exists(k => groups[k] == groups[i] && SlowBoxes.Intersection(boxes[k], boxes[i]) / SlowBoxes.Union(boxes[k], boxes[i]) > threshold))
            {
                kept.Add(i);
            }
        }

        return kept;
    }
}
