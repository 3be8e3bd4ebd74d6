using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>Thresholds of <see cref="MaxIouAssigner"/>; IoUs in [0, 1].</summary>
internal sealed record MaxIouAssignerOptions
{
    /// <summary>From this IoU with its best object on, a box is positive.</summary>
    public required double PositiveIou { get; init; }

    /// <summary>Below this IoU with every object, a box is negative; between the two it is ignored.</summary>
    public required double NegativeIou { get; init; }

    /// <summary>Below this IoU a box is ignored instead of negative.</summary>
    public double NegativeIouFrom { get; init; }

    /// <summary>IoU that an object's best box must reach to be positive where <see cref="MatchLowQuality"/> holds.</summary>
    public double MinPositiveIou { get; init; }

    /// <summary>Whether the best boxes of an object, all that tie, are positive whatever <see cref="PositiveIou"/> says.</summary>
    public bool MatchLowQuality { get; init; } = true;

    /// <summary>A box of which more than this share lies in a crowd is ignored; not positive: crowds are left out of account, as in the reference.</summary>
    public double IgnoreIof { get; init; } = -1;

    /// <exception cref="ArgumentException">A threshold is out of range.</exception>
    public void Validate()
    {
        if (!(0 <= NegativeIouFrom && NegativeIouFrom <= NegativeIou && NegativeIou <= PositiveIou && PositiveIou <= 1 && MinPositiveIou is >= 0 and <= 1))
        {
            throw new ArgumentException(
                $"Assignment needs 0 <= NegativeIouFrom ({NegativeIouFrom}) <= NegativeIou ({NegativeIou}) <= PositiveIou ({PositiveIou}) <= 1 and MinPositiveIou ({MinPositiveIou}) in [0, 1].");
        }
    }
}

/// <summary>What each box is to learn. N boxes.</summary>
/// <param name="Objects_N">-1: ignored; 0: negative; k: positive for object k - 1; int64 [N].</param>
/// <param name="MaxOverlaps_N">IoU with the best object; -1 for boxes that a crowd takes out; 0 without objects; [N].</param>
/// <param name="Labels_N">Class of the object, -1 unless positive; int64 [N].</param>
internal sealed record Assignment(Tensor Objects_N, Tensor MaxOverlaps_N, Tensor Labels_N);

/// <summary>Gives each box the object it overlaps most (mmdet's <c>MaxIoUAssigner</c>).</summary>
internal sealed class MaxIouAssigner
{
    private readonly MaxIouAssignerOptions options;

    /// <param name="options">Thresholds.</param>
    public MaxIouAssigner(MaxIouAssignerOptions options)
    {
        options.Validate();
        this.options = options;
    }

    /// <summary>Assigns; among objects of equal IoU the first wins, except that by low quality a later object takes a box from an earlier one.</summary>
    /// <param name="boxes_N4">Anchors or proposals [N, 4].</param>
    /// <param name="objects_G4">Boxes of the objects [G, 4]; G may be 0.</param>
    /// <param name="labels_G">Their classes, int64 [G].</param>
    /// <param name="crowds_I4">Boxes of crowds [I, 4]; none where null.</param>
    public Assignment Assign(Tensor boxes_N4, Tensor objects_G4, Tensor labels_G, Tensor? crowds_I4 = null)
    {
        ShapeChecks.Rows(boxes_N4, 4);
        ShapeChecks.Rows(objects_G4, 4);
        ShapeChecks.Vector(labels_G, objects_G4.shape[0]);
        if (crowds_I4 is not null)
        {
            ShapeChecks.Rows(crowds_I4, 4);
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (count, objects) = (boxes_N4.shape[0], objects_G4.shape[0]);
        var assigned_N = full([count], Numbers.MinusOne, ScalarType.Int64, boxes_N4.device);
        if (objects == 0 || count == 0)
        {
            return Result(assigned_N.zero_(), zeros([count], boxes_N4.dtype, boxes_N4.device), labels_G);
        }

        var iou_GN = BoxOverlaps.Iou(objects_G4, boxes_N4);
        if (options.IgnoreIof > 0 && crowds_I4 is not null && crowds_I4.shape[0] > 0)
        {
            var inCrowd_N = BoxOverlaps.Iof(boxes_N4, crowds_I4).amax([1L]).IsAbove(options.IgnoreIof);
            iou_GN.masked_fill_(inCrowd_N, Numbers.MinusOne);
        }

        var (best_N, bestObject_N) = iou_GN.max(dim: 0);
        assigned_N.masked_fill_(best_N.IsAtLeast(options.NegativeIouFrom).logical_and_(best_N.IsBelow(options.NegativeIou)), Numbers.Zero);
        assigned_N = where(best_N.IsAtLeast(options.PositiveIou), bestObject_N.Plus(1), assigned_N);
        if (options.MatchLowQuality)
        {
            var byObject_N = ObjectsBestMatched(iou_GN);
            assigned_N = where(byObject_N.gt(Numbers.Zero), byObject_N, assigned_N);
        }

        return Result(assigned_N, best_N, labels_G);
    }

    /// <summary>1 + the last object of which a box is (one of) the best, and good enough; 0 where there is none: [N].</summary>
    private Tensor ObjectsBestMatched(Tensor iou_GN)
    {
        var bestBox_G1 = iou_GN.amax([1L], keepdim: true);
        var isBest_GN = iou_GN.eq(bestBox_G1).logical_and_(bestBox_G1.IsAtLeast(options.MinPositiveIou));
        var number_G1 = Numbers.Range(1, iou_GN.shape[0] + 1, ScalarType.Int64, iou_GN.device).unsqueeze(1);
        return (isBest_GN * number_G1).amax([0L]);
    }

    private static Assignment Result(Tensor assigned_N, Tensor overlaps_N, Tensor labels_G)
    {
        // Place 0 stands for boxes without an object.
        var byObject = cat([full([1], Numbers.MinusOne, ScalarType.Int64, assigned_N.device), labels_G]);
        var labels_N = byObject.index_select(0, assigned_N.clamp_min(Numbers.Zero));
        return new(assigned_N.MoveToOuterDisposeScope(), overlaps_N.MoveToOuterDisposeScope(), labels_N.MoveToOuterDisposeScope());
    }
}
