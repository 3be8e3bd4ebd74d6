using Poa.Elastic;
using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Training;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>
/// The losses of the region proposal network on a sample of the anchors: which show an object (binary cross-entropy), and the deltas of those that
/// do (smooth L1 on encoded boxes). Both are divided by the anchors sampled in the batch.
/// </summary>
/// <param name="options">Sizes.</param>
/// <param name="anchors">The anchors.</param>
internal sealed class RpnLosses(DetectorOptions options, AnchorSet anchors)
{
    private const double Beta = 1.0 / 9;
    private const double PositiveShare = 0.5;

    private static readonly MaxIouAssigner Assigner = new(new() { PositiveIou = 0.7, NegativeIou = 0.3, MinPositiveIou = 0.3 });

    private readonly RandomSampler sampler = new(options.AnchorSamples, PositiveShare, AddObjects: false);

    /// <summary>How proposals are encoded: deltas as they are.</summary>
    public static DeltaBoxCoder Coder { get; } = new([1, 1, 1, 1]);

    /// <param name="output">What the network says.</param>
    /// <param name="batch">Sizes and objects of the images.</param>
    /// <param name="step">Which anchors are sampled is a function of it.</param>
    public IReadOnlyList<LossTerm> Of(RpnOutput output, DetectionBatch batch, StepKey step)
    {
        using var scope = NewDisposeScope();
        var boxes_N4 = cat([.. output.Anchors]);
        var (scores, shows, deltas, targets) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        var sampled = 0L;
        for (var i = 0; i < batch.Truths.Count; i++)
        {
            var drawn = Draw(boxes_N4, output.Maps, batch, i, step);
            var (positive, negative) = (drawn.Positives, drawn.Negatives);
            scores.Add(output.ScoresAt(i, cat([positive, negative])));
            shows.Add(cat([ones(positive.shape[0], device: boxes_N4.device), zeros(negative.shape[0], device: boxes_N4.device)]));
            deltas.Add(output.DeltasAt(i, positive));
            targets.Add(Coder.Encode(boxes_N4.index_select(0, positive), batch.Truths[i].Boxes_G4.index_select(0, drawn.Objects)));

            // As in mmdet an image without positives (or negatives) counts for one.
            sampled += Math.Max(positive.shape[0], 1) + Math.Max(negative.shape[0], 1);
        }

        return
        [
            new("loss_rpn_cls", DetectionLosses.Objectness(cat([.. scores]), cat([.. shows]), null, sampled).MoveToOuterDisposeScope()),
            new("loss_rpn_bbox", DetectionLosses.SmoothL1(cat([.. deltas]), cat([.. targets]), null, Beta, sampled).MoveToOuterDisposeScope()),
        ];
    }

    /// <summary>Places of positives and negatives among all anchors, and the object of each positive.</summary>
    private (Tensor Positives, Tensor Negatives, Tensor Objects) Draw(
        Tensor boxes_N4, IReadOnlyList<(long Height, long Width)> maps, DetectionBatch batch, int image, StepKey step)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var truth = batch.Truths[image];
        var usable = anchors.Usable(boxes_N4, maps, batch.Shapes[image]);
        var candidates_U4 = boxes_N4.index_select(0, usable);
        var assignment = Assigner.Assign(candidates_U4, truth.Boxes_G4, truth.Labels_G);
        var sample = sampler.Draw(candidates_U4, assignment, truth.Boxes_G4, step.Stream(RandomPurpose.RegionSampling, RegionDraws.Anchors(image)));
        return (
            usable.index_select(0, sample.Positives_P).MoveToOuterDisposeScope(),
            usable.index_select(0, sample.Negatives_Q).MoveToOuterDisposeScope(),
            sample.Objects_P.MoveToOuterDisposeScope());
    }
}
