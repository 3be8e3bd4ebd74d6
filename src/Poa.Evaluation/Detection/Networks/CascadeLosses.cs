using System.Collections.Immutable;
using Poa.Elastic;
using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Training;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Operators;
using Poa.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>
/// The losses of the cascade: each stage assigns and samples the boxes that the one before made, then learns class, box (generalised IoU of
/// decoded boxes) and mask. Names and weights are mmdet's.
/// </summary>
/// <param name="head">The stages.</param>
/// <param name="options">Sizes and rules.</param>
internal sealed class CascadeLosses(CascadeHead head, DetectorOptions options)
{
    private const double PositiveShare = 0.25;

    private readonly RandomSampler sampler = new(options.RegionSamples, PositiveShare, AddObjects: true);

    private readonly ImmutableArray<MaxIouAssigner> assigners =
    [
        .. options.Stages.Select(stage => new MaxIouAssigner(new()
        {
            PositiveIou = stage.Overlap,
            NegativeIou = stage.Overlap,
            MinPositiveIou = stage.Overlap,
            MatchLowQuality = false,
        })),
    ];

    /// <param name="maps">The pyramid without its coarsest map.</param>
    /// <param name="proposals">Boxes of each image, [N, 4].</param>
    /// <param name="batch">Sizes and objects of the images.</param>
    /// <param name="step">Which regions are sampled is a function of it.</param>
    /// <param name="probe">For measurements.</param>
    public IReadOnlyList<LossTerm> Of(FeatureRows maps, IReadOnlyList<Tensor> proposals, DetectionBatch batch, StepKey step, DetectorProbe? probe = null)
    {
        using var scope = NewDisposeScope();
        var terms = new List<LossTerm>();
        for (var stage = 0; stage < options.Stages.Length; stage++)
        {
            var regions = Draw(stage, proposals, batch.Truths, step);
            probe?.Drew(regions.Labels_R.shape[0], regions.Positives_P.shape[0]);
            var (scores_RC, deltas_RC4) = head.Boxes(stage, maps, regions.Rois_R5);
            terms.AddRange(BoxTerms(stage, regions, scores_RC, deltas_RC4));
            if (options.HasMasks)
            {
                terms.Add(MaskTerm(stage, maps, regions, batch.Truths));
            }

            if (stage + 1 < options.Stages.Length)
            {
                proposals = Refine(stage, regions, scores_RC, deltas_RC4, batch.Shapes);
            }
        }

        terms.ForEach(term => term.Value.MoveToOuterDisposeScope());
        return terms;
    }

    private RegionBatch Draw(int stage, IReadOnlyList<Tensor> proposals, IReadOnlyList<ImageTruth> truths, StepKey step)
    {
        using var noGrad = no_grad();
        Sample[] samples =
        [
            .. proposals.Select((boxes_N4, image) => sampler.Draw(
                boxes_N4,
                assigners[stage].Assign(boxes_N4, truths[image].Boxes_G4, truths[image].Labels_G),
                truths[image].Boxes_G4,
                step.Stream(RandomPurpose.RegionSampling, RegionDraws.Regions(image, stage)))),
        ];
        return RegionBatch.Of(samples, truths, head.Classes);
    }

    private IEnumerable<LossTerm> BoxTerms(int stage, RegionBatch regions, Tensor scores_RC, Tensor deltas_RC4)
    {
        var weight = options.Stages[stage].LossWeight;
        var (classes, boxes) = new BoxHeadLoss(head.Coder(stage)).Of(scores_RC, deltas_RC4, regions.Rois_R5.narrow(1, 1, 4), regions.Labels_R, regions.Targets_R4);
        return [new($"s{stage}.loss_cls", classes.Times(weight)), new($"s{stage}.loss_bbox", boxes.Times(weight))];
    }

    private LossTerm MaskTerm(int stage, FeatureRows maps, RegionBatch regions, IReadOnlyList<ImageTruth> truths)
    {
        var rois_P5 = regions.Rois_R5.index_select(0, regions.Positives_P);
        var logits_PCMM = head.Masks(stage, maps, rois_P5);
        var size = (int)logits_PCMM.shape[^1];
        var targets_PMM = cat(
        [
            .. regions.Images.Select((image, i) => MaskTargets.Of(
                regions.Rois_R5.narrow(0, image.First, image.Positives).narrow(1, 1, 4), image.Objects_P, truths[i].Masks_GHW!, size)),
        ]);
        var loss = DetectionLosses.Masks(logits_PCMM, regions.Labels_R.index_select(0, regions.Positives_P), targets_PMM);
        return new($"s{stage}.loss_mask", loss.Times(options.Stages[stage].LossWeight));
    }

    /// <summary>The regions with their corrected boxes, without the objects' own: those of positives by their object's class, of negatives by the likeliest.</summary>
    private Tensor[] Refine(int stage, RegionBatch regions, Tensor scores_RC, Tensor deltas_RC4, IReadOnlyList<BatchImage> shapes)
    {
        using var noGrad = no_grad();
        using var background = head.Classes.ToScalar();
        var class_R = where(regions.Labels_R.eq(background), CascadeTest.ForegroundOf(scores_RC), regions.Labels_R);
        return
        [
            .. regions.Images.Select((image, i) =>
            {
                Tensor Own(Tensor values) => values.narrow(0, image.First, image.Count);
                var deltas_R4 = Own(deltas_RC4).view(image.Count, head.Classes, 4)[Numbers.Places(image.Count, class_R.device), Own(class_R)];
                var boxes = head.Coder(stage).Decode(Own(regions.Rois_R5).narrow(1, 1, 4), deltas_R4, shapes[i].Image);
                var keep = cat([image.AreObjects_P.logical_not(), ones(image.Negatives, ScalarType.Bool, boxes.device)]);
                return boxes.index_select(0, keep.nonzero().squeeze(1));
            }),
        ];
    }
}
