using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>Boxes drawn for training. P positives and Q negatives, each by ascending index.</summary>
/// <param name="Boxes_N4">The boxes drawn from: the candidates, after the objects where those were added.</param>
/// <param name="Positives_P">Places of the positives in <paramref name="Boxes_N4"/>, int64 [P].</param>
/// <param name="Objects_P">Object of each positive, from 0, int64 [P].</param>
/// <param name="Negatives_Q">Places of the negatives, int64 [Q].</param>
internal sealed record Sample(Tensor Boxes_N4, Tensor Positives_P, Tensor Objects_P, Tensor Negatives_Q);

/// <summary>
/// Draws a fixed number of boxes, at most a fraction of them positive; negatives fill what positives leave (mmdet's <c>RandomSampler</c>).
/// Fewer are drawn where there are not enough.
/// </summary>
/// <param name="Count">Boxes to draw.</param>
/// <param name="PositiveFraction">Largest share of positives, in [0, 1].</param>
/// <param name="AddObjects">Whether the objects themselves are candidates too, in front of the others and positive.</param>
internal sealed record RandomSampler(int Count, double PositiveFraction, bool AddObjects)
{
    /// <param name="boxes_N4">The boxes that were assigned, [N, 4].</param>
    /// <param name="assignment">What each is to learn.</param>
    /// <param name="objects_G4">Boxes of the objects, [G, 4].</param>
    /// <param name="random">Where draws come from.</param>
    public Sample Draw(Tensor boxes_N4, Assignment assignment, Tensor objects_G4, RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Count, 1);
        if (PositiveFraction is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"PositiveFraction must lie in [0, 1]; it is {PositiveFraction}.");
        }

        ShapeChecks.Rows(boxes_N4, 4);
        ShapeChecks.Rows(objects_G4, 4);
        ShapeChecks.Vector(assignment.Objects_N, boxes_N4.shape[0]);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var candidates_N4 = boxes_N4.alias();
        var assigned_N = assignment.Objects_N;
        if (AddObjects)
        {
            candidates_N4 = cat([objects_G4, boxes_N4]);
            assigned_N = cat([Numbers.Range(1, objects_G4.shape[0] + 1, ScalarType.Int64, assigned_N.device), assigned_N]);
        }

        var positives_P = Draw(assigned_N.gt(Numbers.Zero), (int)(Count * PositiveFraction), random);
        var negatives_Q = Draw(assigned_N.eq(Numbers.Zero), Count - (int)positives_P.shape[0], random);
        return new(
            candidates_N4.MoveToOuterDisposeScope(),
            positives_P.MoveToOuterDisposeScope(),
            assigned_N.index_select(0, positives_P).Minus(1).MoveToOuterDisposeScope(),
            negatives_Q.MoveToOuterDisposeScope());
    }

    /// <summary>At most <paramref name="count"/> of the places where the mask holds, uniformly without repetition, ascending.</summary>
    private static Tensor Draw(Tensor mask_N, int count, RandomStream random)
    {
        var places = mask_N.nonzero().squeeze(1);
        var available = (int)places.shape[0];
        if (available <= count)
        {
            return places;
        }

        // The first steps of a Fisher-Yates shuffle are a draw without repetition.
        int[] order = [.. Enumerable.Range(0, available)];
        for (var i = 0; i < count; i++)
        {
            var other = random.NextInt32(i, available);
            (order[i], order[other]) = (order[other], order[i]);
        }

        long[] drawn = [.. order.Take(count)];
        Array.Sort(drawn);
        return places.index_select(0, tensor(drawn, device: places.device));
    }
}
