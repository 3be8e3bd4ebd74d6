using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// Greedy non-maximum suppression: in descending order of score, a box is kept unless its IoU with a box kept before is above the
/// threshold; at the threshold it stays. Equal scores go by index. Works on blocks of boxes: a block is settled within itself, then
/// removes what it suppresses among all that follow.
/// </summary>
internal static class NonMaximumSuppression
{
    private const long BlockSize = 256;

    /// <param name="boxes_N4">Boxes [N, 4].</param>
    /// <param name="scores_N">Scores [N], without NaN.</param>
    /// <param name="threshold">IoU above which the box with the lower score goes.</param>
    /// <returns>Indices (int64) of the boxes kept, by descending score, equal scores by index: [kept].</returns>
    public static Tensor Keep(Tensor boxes_N4, Tensor scores_N, double threshold)
    {
        Check(boxes_N4, scores_N, threshold);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Keep(boxes_N4, scores_N, zeros_like(scores_N, ScalarType.Int64), threshold).MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="Keep(Tensor, Tensor, double)"/>, but boxes of different groups (classes, levels) do not suppress each other.</summary>
    /// <param name="boxes_N4">Boxes [N, 4].</param>
    /// <param name="scores_N">Scores [N], without NaN.</param>
    /// <param name="groups_N">Groups [N], int64.</param>
    /// <param name="threshold">IoU above which the box with the lower score goes.</param>
    /// <returns>Indices (int64) of the boxes kept, of all groups together by descending score, equal scores by index: [kept].</returns>
    public static Tensor KeepPerGroup(Tensor boxes_N4, Tensor scores_N, Tensor groups_N, double threshold)
    {
        Check(boxes_N4, scores_N, threshold);
        ShapeChecks.Vector(groups_N, boxes_N4.shape[0]);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Keep(boxes_N4, scores_N, groups_N, threshold).MoveToOuterDisposeScope();
    }

    private static Tensor Keep(Tensor boxes_N4, Tensor scores_N, Tensor groups_N, double threshold)
    {
        var byScore_N = scores_N.sort(0, descending: true, stable: true).Indices;
        var byGroup_N = byScore_N.index_select(0, groups_N.index_select(0, byScore_N).sort(0, stable: true).Indices);
        var kept_N = zeros_like(byScore_N, ScalarType.Bool);
        var rest = new Candidates(byGroup_N, boxes_N4.index_select(0, byGroup_N).t().contiguous(), groups_N.index_select(0, byGroup_N));
        while (rest.Count > 0)
        {
            using var scope = NewDisposeScope();
            rest = Settle(rest, kept_N, threshold).MoveToOuterDisposeScope();
        }

        return byScore_N.masked_select(kept_N.index_select(0, byScore_N));
    }

    /// <summary>Decides on the first block; returns what follows it and is not suppressed by it.</summary>
    private static Candidates Settle(Candidates rest, Tensor kept_N, double threshold)
    {
        var size = Math.Min(BlockSize, rest.Count);
        var block = rest.Slice(0, size);

        // Groups lie one after the other: beyond the group of the block's last box nothing meets the block.
        var reach = rest.Groups.le(block.Groups.narrow(0, size - 1, 1)).count_nonzero().item<long>();
        var met = rest.Slice(0, reach);
        var suppresses_BM = Iou(block.Boxes, met.Boxes).IsAbove(threshold).logical_and_(block.Groups.unsqueeze(1).eq(met.Groups));
        var kept_B = KeptWithin(suppresses_BM.narrow(1, 0, size).triu(1));
        kept_N.index_put_(kept_B, block.Indices);

        var survives_M = suppresses_BM.narrow(1, size, reach - size).logical_and_(kept_B.unsqueeze(1)).any(0).logical_not();
        return Candidates.Concatenate(rest.Slice(size, reach - size).Where(survives_M), rest.Slice(reach, rest.Count - reach));
    }

    /// <summary>
    /// The boxes of a block that no kept one suppresses. Starting from all, "kept unless a kept one suppresses it" is applied until nothing
    /// changes: after i rounds the first i boxes are right whatever the rest was, so the end is the greedy choice; chains of suppression
    /// are short, so the rounds are few.
    /// </summary>
    private static Tensor KeptWithin(Tensor suppresses_BB)
    {
        var kept_B = ones(suppresses_BB.shape[0], ScalarType.Bool, suppresses_BB.device);
        while (true)
        {
            var next_B = suppresses_BB.logical_and(kept_B.unsqueeze(1)).any(0).logical_not();
            if (!next_B.ne(kept_B).any().item<bool>())
            {
                return kept_B;
            }

            kept_B = next_B;
        }
    }

    /// <summary>IoU without a smallest denominator, as NMS has it: two boxes without area give NaN, which is above no threshold.</summary>
    private static Tensor Iou(Tensor a_4B, Tensor b_4M)
    {
        Tensor A(int side) => a_4B[side].unsqueeze(1);
        Tensor B(int side) => b_4M[side];
        var width = minimum(A(2), B(2)).sub_(maximum(A(0), B(0))).clamp_min_(Numbers.Zero);
        var inter = minimum(A(3), B(3)).sub_(maximum(A(1), B(1))).clamp_min_(Numbers.Zero).mul_(width);
        var areas = ((A(2) - A(0)) * (A(3) - A(1))).Plus((B(2) - B(0)) * (B(3) - B(1)));
        return inter.div(areas.sub_(inter));
    }

    private static void Check(Tensor boxes_N4, Tensor scores_N, double threshold)
    {
        ShapeChecks.Rows(boxes_N4, 4);
        ShapeChecks.Vector(scores_N, boxes_N4.shape[0]);
        if (threshold is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "An IoU threshold lies in [0, 1].");
        }
    }

    /// <param name="Indices">Places in the input, [R].</param>
    /// <param name="Boxes">[4, R]</param>
    /// <param name="Groups">[R], ascending.</param>
    private sealed record Candidates(Tensor Indices, Tensor Boxes, Tensor Groups)
    {
        public long Count => Indices.shape[0];

        public static Candidates Concatenate(Candidates first, Candidates second) =>
            new(cat([first.Indices, second.Indices]), cat([first.Boxes, second.Boxes], 1), cat([first.Groups, second.Groups]));

        public Candidates Slice(long start, long length) =>
            new(Indices.narrow(0, start, length), Boxes.narrow(1, start, length), Groups.narrow(0, start, length));

        public Candidates Where(Tensor mask)
        {
            var places = mask.nonzero().squeeze(1);
            return new(Indices.index_select(0, places), Boxes.index_select(1, places), Groups.index_select(0, places));
        }

        public Candidates MoveToOuterDisposeScope() =>
            new(Indices.MoveToOuterDisposeScope(), Boxes.MoveToOuterDisposeScope(), Groups.MoveToOuterDisposeScope());
    }
}
