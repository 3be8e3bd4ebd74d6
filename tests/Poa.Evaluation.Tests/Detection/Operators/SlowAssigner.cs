using Poa.Evaluation.Detection.Operators;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>Assignment, box by box and object by object.</summary>
internal static class SlowAssigner
{
    private const float Epsilon = 1e-6f;

    /// <returns>-1: ignored; 0: negative; k: object k - 1.</returns>
    public static long[] Assign(float[][] boxes, float[][] objects, float[][] crowds, MaxIouAssignerOptions options)
    {
        bool Ignored(float[] box) =>
            options.IgnoreIof > 0 && crowds.Any(c => SlowBoxes.Intersection(box, c) / Math.Max(SlowBoxes.Area(box), Epsilon) > (float)options.IgnoreIof);
        float Overlap(int o, int b) =>
            Ignored(boxes[b]) ? -1 : SlowBoxes.Intersection(objects[o], boxes[b]) / Math.Max(SlowBoxes.Union(objects[o], boxes[b]), Epsilon);
        var assigned = new long[boxes.Length];
        for (var b = 0; b < boxes.Length && objects.Length > 0; b++)
        {
            var best = Enumerable.Range(0, objects.Length).MaxBy(o => Overlap(o, b));
            var overlap = Overlap(best, b);
            assigned[b] = overlap >= options.PositiveIou ? best + 1 : overlap >= options.NegativeIouFrom && overlap < options.NegativeIou ? 0 : -1;
        }

        for (var o = 0; o < objects.Length && boxes.Length > 0 && options.MatchLowQuality; o++)
        {
            var best = Enumerable.Range(0, boxes.Length).Max(b => Overlap(o, b));
            for (var b = 0; b < boxes.Length && best >= options.MinPositiveIou; b++)
            {
                assigned[b] = Overlap(o, b) == best ? o + 1 : assigned[b];
            }
        }

        return assigned;
    }
}
