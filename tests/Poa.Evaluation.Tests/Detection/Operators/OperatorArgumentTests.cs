using Poa.Elastic;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>What the operators say to arguments that do not fit: the argument's name, what it should be, and what it is.</summary>
public sealed class OperatorArgumentTests
{
    private static readonly DeltaBoxCoder Coder = new([1, 1, 1, 1]);
    private static readonly MaxIouAssignerOptions Thresholds = new() { PositiveIou = 0.5, NegativeIou = 0.5 };
    private static readonly PixelSize Image = new(8, 8);

    /// <summary>Cases by name; each calls an operator wrongly.</summary>
    private static readonly Dictionary<string, (Action Call, string[] Message)> Wrong = new()
    {
        ["Overlaps"] = (() => BoxOverlaps.Iou(Boxes(2), zeros(3, 5)), ["b_M4", "[N, 4]", "[3, 5]"]),
        ["AlignedOverlaps"] = (() => BoxOverlaps.AlignedGiou(Boxes(2), Boxes(3), 1e-6), ["b_N4", "[2, 4]", "[3, 4]"]),
        ["NmsBoxes"] = (() => NonMaximumSuppression.Keep(zeros(4), zeros(1), 0.5), ["boxes_N4", "[N, 4]", "[4]"]),
        ["NmsScores"] = (() => NonMaximumSuppression.Keep(Boxes(2), zeros(3), 0.5), ["scores_N", "[2]", "[3]"]),
        ["NmsGroups"] = (() => NonMaximumSuppression.KeepPerGroup(Boxes(2), zeros(2), Longs(1), 0.5), ["groups_N", "[2]", "[1]"]),
        ["NmsThreshold"] = (() => NonMaximumSuppression.Keep(Boxes(2), zeros(2), 50), ["threshold", "[0, 1]", "50"]),
        ["MultiClassScores"] = (() => MultiClassNms.Select(Boxes(2), zeros(2, 1), 0.05, 0.5, 10), ["scores_NC", "[N, classes + 1]", "[2, 1]"]),
        ["MultiClassBoxes"] = (() => MultiClassNms.Select(zeros(2, 8), zeros(2, 4), 0.05, 0.5, 10), ["boxes_NB", "[2, 4] or [2, 12]", "[2, 8]"]),
        ["MultiClassCount"] = (() => MultiClassNms.Select(Boxes(2), zeros(2, 4), 0.05, 0.5, 0), ["maxPerImage", "0"]),
        ["CoderDeviations"] = (() => _ = new DeltaBoxCoder([1, 1, 0, 1]), ["stds", "four positive", "1, 1, 0, 1"]),
        ["CoderMeans"] = (() => _ = new DeltaBoxCoder([1, 1, 1, 1], [0]), ["means", "four", "1"]),
        ["CoderClip"] = (() => _ = new DeltaBoxCoder([1, 1, 1, 1], ratioClip: 2), ["ratioClip", "between 0 and 1", "2"]),
        ["CoderEncode"] = (() => Coder.Encode(Boxes(2), Boxes(1)), ["targets_N4", "[2, 4]", "[1, 4]"]),
        ["CoderDecode"] = (() => Coder.Decode(Boxes(2), zeros(2, 6)), ["deltas_ND", "[2, 4 K]", "[2, 6]"]),
        ["AnchorStride"] = (() => _ = new AnchorGrid(0, [8], [1]), ["stride", "0"]),
        ["AnchorRatios"] = (() => _ = new AnchorGrid(4, [8], [1, -1]), ["positive scales and ratios", "1, -1"]),
        ["AssignerThresholds"] = (() => _ = new MaxIouAssigner(new() { PositiveIou = 0.3, NegativeIou = 0.7 }), ["NegativeIou (0.7)", "PositiveIou (0.3)"]),
        ["AssignerLabels"] = (() => new MaxIouAssigner(Thresholds).Assign(Boxes(2), Boxes(3), Longs(2)), ["labels_G", "[3]", "[2]"]),
        ["AssignerCrowds"] = (() => new MaxIouAssigner(Thresholds with { IgnoreIof = 0.5 }).Assign(Boxes(2), Boxes(3), Longs(3), zeros(1, 5)), ["crowds_I4", "[N, 4]", "[1, 5]"]),
        ["SamplerCount"] = (() => Draw(new(0, 0.5, false)), ["Count", "0"]),
        ["SamplerFraction"] = (() => Draw(new(4, 1.5, false)), ["PositiveFraction", "[0, 1]", "1.5"]),
        ["FeatureStrides"] = (() => _ = new FeatureRows([zeros(1, 2, 4, 4)], []), ["one stride per map", "1 maps and 0 strides"]),
        ["FeatureChannels"] = (() => _ = new FeatureRows([zeros(1, 2, 4, 4), zeros(1, 3, 2, 2)], [4, 8]), ["maps_BCHW", "[1, 2, H, W]", "[1, 3, 2, 2]"]),
        ["RoiColumns"] = (() => RoiAlign.FromPyramid(Features(), Boxes(2), 7), ["rois_R5", "[N, 5]", "[2, 4]"]),
        ["RoiLevels"] = (() => RoiAlign.FromLevels(Features(), zeros(2, 5), Longs(1), 7), ["level_R", "[2]", "[1]"]),
        ["RoiSize"] = (() => RoiAlign.FromPyramid(Features(), zeros(2, 5), 0), ["size", "0"]),
        ["RoiSampling"] = (() => RoiAlign.FromLevels(Features(), zeros(2, 5), Longs(2), 7, -1), ["samplingRatio", "-1"]),
        ["ProposalLevels"] = (() => Proposals(60).Select([zeros(3, 4, 4)], [], [], Image), ["each level", "1, 0 and 0"]),
        ["ProposalDeltas"] = (() => Proposals(60).Select([zeros(3, 4, 4)], [zeros(3, 4, 4)], [Boxes(48)], Image), ["deltas_DHW", "[4 A, H, W]", "[3, 4, 4]"]),
        ["ProposalAnchors"] = (() => Proposals(60).Select([zeros(3, 4, 4)], [zeros(12, 4, 4)], [Boxes(16)], Image), ["anchors_N4", "[48]", "[16]"]),
        ["ProposalCount"] = (() => Proposals(0).Select([zeros(3, 4, 4)], [zeros(12, 4, 4)], [Boxes(48)], Image), ["PerImage (0)", "at least 1"]),
        ["LossAverage"] = (() => DetectionLosses.SmoothL1(zeros(2, 4), zeros(2, 4), null, 1, 0), ["averageOver", "positive", "0"]),
        ["LossTarget"] = (() => DetectionLosses.Objectness(zeros(2), zeros(3), null, 1), ["targets_N", "[2]", "[3]"]),
        ["LossWeight"] = (() => DetectionLosses.Giou(Boxes(2), Boxes(2), zeros(2, 4), 1), ["weight", "[2]", "[2, 4]"]),
        ["LossLabels"] = (() => DetectionLosses.Classes(zeros(2, 3), Longs(1), null), ["labels_N", "[2]", "[1]"]),
        ["LossMasks"] = (() => DetectionLosses.Masks(zeros(2, 3, 4, 4), Longs(2), zeros(2, 5, 5)), ["targets_PMM", "[2, 4, 4]", "[2, 5, 5]"]),
        ["BoxHeadClasses"] = (() => new BoxHeadLoss(Coder).Of(zeros(2, 3), zeros(2, 12), Boxes(2), Longs(2), Boxes(2)), ["logits_RC", "[N, 4]", "[2, 3]"]),
        ["MaskObjects"] = (() => MaskTargets.Of(Boxes(2), Longs(1), zeros(1, 4, 4)), ["objects_P", "[2]", "[1]"]),
        ["MaskBitmaps"] = (() => MaskTargets.Of(Boxes(2), Longs(2), zeros(4, 4)), ["masks_GHW", "[G, H, W]", "[4, 4]"]),
        ["PastedMasks"] = (() => MaskPasting.Paste(zeros(3, 28, 28), Boxes(2), Image), ["masks_NMM", "[2, M, M]", "[3, 28, 28]"]),
        ["CascadeStages"] = (() => CascadeTest.Scores([]), ["stages.Count"]),
        ["CascadeClasses"] = (() => CascadeTest.Refine(Boxes(2), zeros(2, 3), zeros(2, 12), Coder, Image), ["logits_NC", "[N, 4]", "[2, 3]"]),
    };

    public static TheoryData<string> Cases() => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Call_ArgumentsThatDoNotFit_SaysWhichAndWhy(string name)
    {
        using var scope = NewDisposeScope();
        var (call, message) = Wrong[name];

        var error = Assert.ThrowsAny<ArgumentException>(call);

        Assert.All(message, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    private static Tensor Boxes(int count) => zeros(count, 4);

    private static Tensor Longs(int count) => zeros(count, ScalarType.Int64);

    private static FeatureRows Features() => new([zeros(1, 2, 4, 4)], [4]);

    private static RpnProposals Proposals(int perImage) => new(Coder, new() { PerLevel = 60, PerImage = perImage });

    private static Sample Draw(RandomSampler sampler) =>
        sampler.Draw(Boxes(2), new(Longs(2), zeros(2), Longs(2)), Boxes(1), Randomness.For(0, RandomPurpose.Testing));
}
