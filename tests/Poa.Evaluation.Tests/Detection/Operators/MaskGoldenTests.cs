using Poa.Evaluation.Detection.Operators;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>mmdet's mask targets (average 5e-5, mask exact away from a half) and pasted masks (0.01 % of the pixels may differ).</summary>
[Trait("Category", Golden.Trait)]
public sealed class MaskGoldenTests
{
    [Fact]
    public void Targets_GoldenBoxes_AgreeBeforeAndAfterRounding()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("masks");
        var size = DetOps.Settings.GetProperty("mask_target").GetProperty("size").GetInt32();
        var (boxes, objects, masks) = (golden["target.boxes"], golden["target.gt_index"], golden["gt_masks"]);
        var average = golden["target.raw_average"];
        var clear = (average - 0.5).abs().gt(1e-4);

        DetOps.Close(average, MaskTargets.Average(boxes, objects, masks, size), 5e-5);
        DetOps.Same(golden["target.mask28"].masked_select(clear), MaskTargets.Of(boxes, objects, masks, size).masked_select(clear));
    }

    [Fact]
    public void Paste_GoldenMasks_AgreeButForAFewPixels()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("masks");
        var settings = DetOps.Settings.GetProperty("mask_paste");
        var expected = golden["paste.mask"];
        var image = settings.GetProperty("image_hw").Size();

        var pasted = MaskPasting.Paste(golden["paste.mask_prob28"], golden["paste.boxes"], image, settings.GetProperty("threshold").GetDouble());

        var actual = empty(expected.shape, ScalarType.Byte);
        for (var i = 0; i < pasted.Length; i++)
        {
            pasted[i].Decode(actual[i].bytes[..(image.Height * image.Width)]);
        }

        Assert.Equal(expected.shape[0], pasted.Length);
        var different = expected.ne(0).ne(actual.ne(0)).count_nonzero().item<long>();
        Assert.True(different <= 1e-4 * expected.numel(), $"{different} of {expected.numel()} pixels differ.");
    }
}
