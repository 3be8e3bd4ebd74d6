using Poa.Evaluation.Detection.Operators;
using Poa.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>
/// The stages of a Cascade Mask R-CNN (arXiv 1906.09756): each corrects the boxes of the one before, with heads of its own. Letters: R regions,
/// C classes.
/// </summary>
internal sealed class CascadeHead : nn.Module
{
    internal readonly ModuleList<BoxHead> bbox_head;
    internal readonly ModuleList<MaskHead>? mask_head;

    private readonly DetectorOptions options;
    private readonly DeltaBoxCoder[] coders;

    /// <param name="options">Sizes and rules.</param>
    /// <param name="classes">Classes C.</param>
    /// <param name="initialisation">Gives the weights.</param>
    internal CascadeHead(DetectorOptions options, int classes, Initialisation initialisation)
        : base(nameof(CascadeHead))
    {
        (this.options, Classes) = (options, classes);
        coders = [.. options.Stages.Select(stage => new DeltaBoxCoder(stage.Deviations))];
        bbox_head = new([.. options.Stages.Select(_ => new BoxHead(options, classes, initialisation))]);
        mask_head = options.HasMasks ? new([.. options.Stages.Select(_ => new MaskHead(options, classes, initialisation))]) : null;
        RegisterComponents();
    }

    /// <summary>Classes C; the number of the background, too.</summary>
    internal int Classes { get; }

    /// <summary>How a stage's boxes are encoded.</summary>
    internal DeltaBoxCoder Coder(int stage) => coders[stage];

    /// <summary>Scores and deltas of regions.</summary>
    /// <param name="stage">From 0.</param>
    /// <param name="maps">The pyramid without its coarsest map.</param>
    /// <param name="rois_R5">Place in the batch and box.</param>
    internal (Tensor Scores_RC, Tensor Deltas_RC4) Boxes(int stage, FeatureRows maps, Tensor rois_R5)
    {
        using var scope = NewDisposeScope();
        var (scores, deltas) = bbox_head[stage].Forward(Regions(maps, rois_R5, options.BoxRegionSize));
        return (scores.MoveToOuterDisposeScope(), deltas.MoveToOuterDisposeScope());
    }

    /// <summary>Mask logits of regions, [R, C, M, M].</summary>
    /// <inheritdoc cref="Boxes"/>
    internal Tensor Masks(int stage, FeatureRows maps, Tensor rois_R5)
    {
        using var scope = NewDisposeScope();
        return mask_head![stage].Forward(Regions(maps, rois_R5, options.MaskRegionSize)).MoveToOuterDisposeScope();
    }

    private Tensor Regions(FeatureRows maps, Tensor rois_R5, int size) =>
        RoiAlign.FromPyramid(maps, rois_R5, size, options.FinestRegionCells * maps.Levels[0].Stride);
}
