using Poa.Elastic;
using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Backbones;
using Poa.Evaluation.Dense.Training;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Operators;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>
/// Cascade Mask R-CNN on a backbone's four maps: pyramid, region proposals, cascade. Parameter names are mmdet's: <c>backbone</c>, <c>neck</c>,
/// <c>rpn_head</c>, <c>roi_head</c>.
/// </summary>
internal sealed class Detector : nn.Module, IFineTuned<DetectionBatchFiller.Buffer>
{
    internal readonly DenseBackbone backbone;
    internal readonly FeaturePyramid neck;
    internal readonly RpnHead rpn_head;
    internal readonly CascadeHead roi_head;

    private const int Levels = 5;

    /// <summary>Tells the heads' initial weights apart from those of the backbone's pyramid.</summary>
    private const long HeadModule = 1;

    private readonly DetectorOptions options;
    private readonly AnchorSet anchors;
    private readonly RpnLosses rpnLosses;
    private readonly CascadeLosses cascadeLosses;
    private readonly CascadeInference inference;
    private readonly Device device;

    /// <param name="backbone">Four maps, finest first, each of half the size of the one before.</param>
    /// <param name="classes">Classes, at least 1.</param>
    /// <param name="options">Sizes and rules.</param>
    /// <param name="seed">Initial weights of neck and heads are a function of it.</param>
    /// <param name="device">Where the backbone lies.</param>
    internal Detector(DenseBackbone backbone, int classes, DetectorOptions options, long seed, Device device)
        : base(nameof(Detector))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        options.Validate();
        (this.backbone, this.options, this.device) = (backbone, options, device);
        var initialisation = new Initialisation(seed, RandomPurpose.DenseHeadInitialisation, HeadModule, device);
        neck = new([.. backbone.Maps.Select(map => map.Channels)], options.PyramidChannels, initialisation, Levels);
        var strides = backbone.Maps.Select(map => map.Stride).Append(2 * backbone.Maps[^1].Stride);
        AnchorGrid[] grids = [.. strides.Select(stride => new AnchorGrid(stride, options.AnchorScales, options.AnchorRatios))];
        rpn_head = new(options.PyramidChannels, grids[0].PerCell, initialisation);
        roi_head = new(options, classes, initialisation);
        RegisterComponents();
        anchors = new(grids);
        rpnLosses = new(options, anchors);
        cascadeLosses = new(roi_head, options);
        inference = new(roi_head, options);
    }

    /// <inheritdoc/>
    nn.Module IFineTuned<DetectionBatchFiller.Buffer>.Network => this;

    /// <inheritdoc/>
    int IFineTuned<DetectionBatchFiller.Buffer>.ImagesOf(DetectionBatchFiller.Buffer batch) => batch.Batch!.Shapes.Count;

    /// <inheritdoc/>
    IReadOnlyList<LossTerm> IFineTuned<DetectionBatchFiller.Buffer>.Losses(DetectionBatchFiller.Buffer batch, StepKey step) => Losses(batch.Batch!, step);

    /// <summary>The losses of a batch, in the caller's dispose scope.</summary>
    /// <param name="batch">On any device.</param>
    /// <param name="step">The step.</param>
    /// <param name="probe">For measurements.</param>
    internal IReadOnlyList<LossTerm> Losses(DetectionBatch batch, StepKey step, DetectorProbe? probe = null)
    {
        using var scope = NewDisposeScope();
        batch = batch.To(device);
        var maps = backbone.Forward(batch.Images_BCHW, step);
        probe?.Passed(DetectorPhase.Backbone);
        var pyramid = neck.Forward(maps);
        probe?.Passed(DetectorPhase.Neck);
        var proposed = RpnOutput.Of(rpn_head, anchors, pyramid);
        List<LossTerm> terms = [.. rpnLosses.Of(proposed, batch, step)];
        Tensor[] proposals = [.. batch.Shapes.Select((shape, i) => Proposals(proposed, i, shape.Image, options.TrainingProposals))];
        probe?.Passed(DetectorPhase.Proposals);
        terms.AddRange(cascadeLosses.Of(Maps(pyramid), proposals, batch, step, probe));
        probe?.Passed(DetectorPhase.Cascade);
        terms.ForEach(term => term.Value.MoveToOuterDisposeScope());
        return terms;
    }

    /// <summary>Detections of one image, in the caller's dispose scope. The network must be in evaluation mode.</summary>
    /// <param name="batch">One image, on any device.</param>
    /// <param name="stored">Its size before it was resized.</param>
    internal ImageDetections Detect(DetectionBatch batch, PixelSize stored)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var pyramid = neck.Forward(backbone.Forward(batch.Images_BCHW.to(device), step: null));
        var proposals_N4 = Proposals(RpnOutput.Of(rpn_head, anchors, pyramid), 0, batch.Shapes[0].Image, options.TestProposals);
        var found = inference.Detect(Maps(pyramid), proposals_N4, batch.Shapes[0].Image, stored);
        found.Boxes_D4.MoveToOuterDisposeScope();
        found.Scores_D.MoveToOuterDisposeScope();
        found.Labels_D.MoveToOuterDisposeScope();
        return found;
    }

    private FeatureRows Maps(IReadOnlyList<Tensor> pyramid) => new([.. pyramid.Take(backbone.Maps.Count)], [.. backbone.Maps.Select(map => map.Stride)]);

    private Tensor Proposals(RpnOutput output, int image, PixelSize size, int count)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var selection = new RpnProposals(RpnLosses.Coder, new() { PerLevel = count, PerImage = count, NmsIou = options.ProposalOverlap });
        var (proposals_K5, _) = selection.Select([.. output.Scores.Select(map => map[image])], [.. output.Deltas.Select(map => map[image])], output.Anchors, size);
        return proposals_K5.narrow(1, 0, 4).contiguous().MoveToOuterDisposeScope();
    }
}
