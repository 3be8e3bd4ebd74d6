using Poa.Evaluation.Detection.Operators;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>mmdet's proposals: boxes to 1e-3, probabilities to 1e-5, order and levels exact.</summary>
[Trait("Category", Golden.Trait)]
public sealed class RpnProposalsGoldenTests
{
    [Fact]
    public void Select_GoldenMaps_GivesTheReferencesProposals()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("rpn_proposals");
        var settings = DetOps.Settings.GetProperty("rpn_proposals");
        var anchors = DetOps.Settings.GetProperty("anchors");
        var levels = settings.GetProperty("featmap_sizes").EnumerateArray().Select(s => s.Size()).ToArray();
        var proposals = new RpnProposals(
            new([.. DetOps.Settings.GetProperty("bbox_coder").GetProperty("stds").GetProperty("rpn").Doubles()]),
            new()
            {
                PerLevel = settings.GetProperty("nms_pre").GetInt32(),
                PerImage = settings.GetProperty("max_per_img").GetInt32(),
                NmsIou = settings.GetProperty("iou").GetDouble(),
                MinSize = settings.GetProperty("min_bbox_size").GetDouble(),
            });

        var (boxes, level) = proposals.Select(
            [.. levels.Select((_, i) => golden[$"cls_score.{i}"].squeeze(0))],
            [.. levels.Select((_, i) => golden[$"bbox_pred.{i}"].squeeze(0))],
            [.. levels.Select((size, i) => new AnchorGrid(anchors.GetProperty("strides")[i].GetInt32(), anchors.GetProperty("scales").Doubles(), anchors.GetProperty("ratios").Doubles()).Boxes(size.Height, size.Width))],
            settings.GetProperty("img_shape").Size());

        DetOps.Same(golden["level"], level);
        DetOps.Close(golden["proposals"].narrow(1, 0, 4), boxes.narrow(1, 0, 4), 1e-3);
        DetOps.Close(golden["proposals"].narrow(1, 4, 1), boxes.narrow(1, 4, 1), 1e-5);
    }
}
