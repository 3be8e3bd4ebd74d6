namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>Overlaps of two boxes x1, y1, x2, y2, in float32 as in the operators, so that both are on the same side of a threshold.</summary>
internal static class SlowBoxes
{
    public static float Area(float[] box) => (box[2] - box[0]) * (box[3] - box[1]);

    public static float Intersection(float[] a, float[] b) =>
        Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0])) * Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]));

    public static float Union(float[] a, float[] b) => Area(a) + Area(b) - Intersection(a, b);
}
