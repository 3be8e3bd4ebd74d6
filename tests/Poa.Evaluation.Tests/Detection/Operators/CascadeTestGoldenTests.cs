using Poa.Evaluation.Detection.Operators;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>mmdet's averages over the stages of a cascade: 1e-5; boxes to 1e-3.</summary>
[Trait("Category", Golden.Trait)]
public sealed class CascadeTestGoldenTests
{
    private static int Stages => DetOps.Settings.GetProperty("cascade_test_settings").GetProperty("stages").GetInt32();

    [Fact]
    public void Averages_GoldenStages_Agree()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("cascade_test");
        Tensor[] Of(string prefix) => [.. Enumerable.Range(0, Stages).Select(stage => golden[$"{prefix}{stage}.logits"])];

        DetOps.Close(golden["avg_softmax"], CascadeTest.Scores(Of("stage")), 1e-5);
        DetOps.Close(golden["mask_avg_prob"], CascadeTest.MaskProbabilities(Of("mask_stage")), 1e-5);
    }

    [Fact]
    public void Refine_GoldenStage_GivesTheReferencesBoxes()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("cascade_test");
        var coder = new DeltaBoxCoder([.. DetOps.Settings.GetProperty("cascade_test_settings").GetProperty("stds_stage0").Doubles()]);
        var (logits, deltas) = (golden["stage0.logits"], golden["stage0.bbox_pred"]);

        DetOps.Same(golden["refine_label"], CascadeTest.ForegroundOf(logits));
        DetOps.Close(
            golden["refined_rois"],
            CascadeTest.Refine(golden["rois"], logits, deltas, coder, DetOps.Settings.GetProperty("cascade_test").GetProperty("max_shape_hw").Size()),
            1e-3);
    }
}
