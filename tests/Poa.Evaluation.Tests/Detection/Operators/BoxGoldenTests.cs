using Poa.Evaluation.Detection.Operators;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>Overlaps to 1e-5, coder (relative 1e-5, deltas 5e-4), anchors to 1e-4 with exact flags.</summary>
[Trait("Category", Golden.Trait)]
public sealed class BoxGoldenTests
{
    [Fact]
    public void Overlaps_GoldenBoxes_Agree()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("losses");

        DetOps.Close(golden["matrix.iou"], BoxOverlaps.Iou(golden["a"], golden["b"]), 1e-5);
        DetOps.Close(golden["matrix.iof"], BoxOverlaps.Iof(golden["a"], golden["b"]), 1e-5);
        DetOps.Close(golden["matrix.giou"], BoxOverlaps.Giou(golden["a"], golden["b"]), 1e-5);
    }

    public static TheoryData<string> Stages() => [.. DetOps.Settings.GetProperty("bbox_coder").GetProperty("stds").EnumerateObject().Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Stages))]
    public void Coder_GoldenStage_EncodesAndDecodesAsTheReference(string stage)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("bbox_coder");
        var settings = DetOps.Settings.GetProperty("bbox_coder");
        var coder = new DeltaBoxCoder([.. settings.GetProperty("stds").GetProperty(stage).Doubles()], ratioClip: settings.GetProperty("wh_ratio_clip").GetDouble());
        var (rois, image) = (golden["rois"], settings.GetProperty("max_shape_hw").Size());
        void Boxes(string name, Tensor actual) => DetOps.Close(golden[$"{stage}.{name}"], actual, 1e-5, 1e-5);

        DetOps.Close(golden[$"{stage}.deltas"], coder.Encode(rois, golden["gts"]), 5e-4);
        Boxes("decoded", coder.Decode(rois, golden[$"{stage}.pred"]));
        Boxes("decoded_clipped", coder.Decode(rois, golden[$"{stage}.pred"], image));
        Boxes("decoded_multiclass_clipped", coder.Decode(rois, golden[$"{stage}.pred_multiclass"], image));
        Boxes("roundtrip", coder.Decode(rois, golden[$"{stage}.deltas"]));
    }

    [Fact]
    public void Coder_MeansThatAreNotZero_AgreesWithTheReference()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("bbox_coder");
        var settings = DetOps.Settings.GetProperty("bbox_coder");

        // The case has its own means; deviations, predictions and clipping are those of the first stage of the cascade.
        var coder = new DeltaBoxCoder([.. settings.GetProperty("stds").GetProperty("stage0").Doubles()], [.. settings.GetProperty("nonzero_mean").Doubles()]);

        DetOps.Close(golden["nonzero_mean.deltas"], coder.Encode(golden["rois"], golden["gts"]), 5e-4);
        DetOps.Close(golden["nonzero_mean.decoded"], coder.Decode(golden["rois"], golden["stage0.pred"], settings.GetProperty("max_shape_hw").Size()), 1e-5, 1e-5);
    }

    public static TheoryData<int> Levels() => [.. Enumerable.Range(0, DetOps.Settings.GetProperty("anchors").GetProperty("strides").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Levels))]
    public void Anchors_GoldenLevel_AgreeWithTheReference(int level)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("anchors");
        var settings = DetOps.Settings.GetProperty("anchors");
        var grid = new AnchorGrid(settings.GetProperty("strides")[level].GetInt32(), settings.GetProperty("scales").Doubles(), settings.GetProperty("ratios").Doubles());
        var (height, width) = settings.GetProperty("featmap_sizes")[level].Size();

        var boxes = grid.Boxes(height, width);
        var valid = grid.Valid(height, width, settings.GetProperty("pad_hw").Size());

        DetOps.Close(golden[$"base.{level}"], grid.Shapes(), 1e-4);
        DetOps.Close(golden[$"grid.{level}"], boxes, 1e-4);
        DetOps.Same(golden[$"valid.{level}"], valid);
        DetOps.Same(golden[$"inside.{level}"], valid.logical_and(AnchorGrid.Inside(boxes, settings.GetProperty("image_hw").Size(), border: 0)));
    }
}
