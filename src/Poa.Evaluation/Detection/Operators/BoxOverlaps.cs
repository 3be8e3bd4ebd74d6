using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// Overlaps of boxes x1, y1, x2, y2 (a box covers (x2 - x1) * (y2 - y1), without the + 1 of old code). Denominators are at least
/// <c>eps</c>, so boxes without area give numbers. Shapes: N, M boxes.
/// </summary>
internal static class BoxOverlaps
{
    /// <summary>What mmdet's <c>bbox_overlaps</c> uses where nothing else is said.</summary>
    public const double Epsilon = 1e-6;

    /// <summary>Intersection over union of every pair.</summary>
    /// <param name="a_N4">Boxes [N, 4].</param>
    /// <param name="b_M4">Boxes [M, 4].</param>
    /// <returns>[N, M]</returns>
    public static Tensor Iou(Tensor a_N4, Tensor b_M4)
    {
        using var scope = NewDisposeScope();
        var (a, b) = Pairs(a_N4, b_M4);
        var inter = Intersection(a, b);
        return inter.div(Union(a, b, inter).NotBelow(Epsilon)).MoveToOuterDisposeScope();
    }

    /// <summary>Intersection over the area of the first box ("foreground"), of every pair.</summary>
    /// <param name="a_N4">Boxes [N, 4] whose areas divide.</param>
    /// <param name="b_M4">Boxes [M, 4].</param>
    /// <returns>[N, M]</returns>
    public static Tensor Iof(Tensor a_N4, Tensor b_M4)
    {
        using var scope = NewDisposeScope();
        var (a, b) = Pairs(a_N4, b_M4);
        return Intersection(a, b).div(Area(a).NotBelow(Epsilon)).MoveToOuterDisposeScope();
    }

    /// <summary>Generalised IoU of every pair (arXiv 1902.09630), in [-1, 1].</summary>
    /// <param name="a_N4">Boxes [N, 4].</param>
    /// <param name="b_M4">Boxes [M, 4].</param>
    /// <returns>[N, M]</returns>
    public static Tensor Giou(Tensor a_N4, Tensor b_M4)
    {
        using var scope = NewDisposeScope();
        var (a, b) = Pairs(a_N4, b_M4);
        return Giou(a, b, Epsilon).MoveToOuterDisposeScope();
    }

    /// <summary>Generalised IoU of the i-th box with the i-th box; has gradients to both.</summary>
    /// <param name="a_N4">Boxes [N, 4].</param>
    /// <param name="b_N4">Boxes [N, 4].</param>
    /// <param name="eps">Smallest denominator.</param>
    /// <returns>[N]</returns>
    public static Tensor AlignedGiou(Tensor a_N4, Tensor b_N4, double eps)
    {
        ShapeChecks.Rows(a_N4, 4);
        ShapeChecks.Same(b_N4, a_N4);
        using var scope = NewDisposeScope();
        return Giou(Sides.Of(a_N4), Sides.Of(b_N4), eps).MoveToOuterDisposeScope();
    }

    private static Tensor Giou(Sides a, Sides b, double eps)
    {
        var inter = Intersection(a, b);
        var union = Union(a, b, inter).NotBelow(eps);
        var enclosing = ((maximum(a.X2, b.X2) - minimum(a.X1, b.X1)) * (maximum(a.Y2, b.Y2) - minimum(a.Y1, b.Y1))).NotBelow(eps);
        return (inter / union) - ((enclosing - union) / enclosing);
    }

    private static (Sides A, Sides B) Pairs(Tensor a_N4, Tensor b_M4)
    {
        ShapeChecks.Rows(a_N4, 4);
        ShapeChecks.Rows(b_M4, 4);
        return (Sides.Of(a_N4.unsqueeze(1)), Sides.Of(b_M4.unsqueeze(0)));
    }

    private static Tensor Area(Sides box) => (box.X2 - box.X1) * (box.Y2 - box.Y1);

    private static Tensor Union(Sides a, Sides b, Tensor inter) => Area(a).Plus(Area(b)).sub(inter);

    private static Tensor Intersection(Sides a, Sides b) => Common(a.X1, a.X2, b.X1, b.X2) * Common(a.Y1, a.Y2, b.Y1, b.Y2);

    /// <summary>Length of the common part of two intervals; its own scope, as for every anchor of a large image the matrices are large too.</summary>
    private static Tensor Common(Tensor from, Tensor to, Tensor otherFrom, Tensor otherTo)
    {
        using var scope = NewDisposeScope();
        return minimum(to, otherTo).sub_(maximum(from, otherFrom)).clamp_min(Numbers.Zero).MoveToOuterDisposeScope();
    }

    private readonly record struct Sides(Tensor X1, Tensor Y1, Tensor X2, Tensor Y2)
    {
        public static Sides Of(Tensor boxes) => new(boxes.select(-1, 0), boxes.select(-1, 1), boxes.select(-1, 2), boxes.select(-1, 3));
    }
}
