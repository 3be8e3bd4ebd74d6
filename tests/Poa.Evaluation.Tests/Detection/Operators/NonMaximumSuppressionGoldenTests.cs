using System.Globalization;
using Poa.Evaluation.Detection.Operators;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>torchvision's NMS and mmdet's test-time NMS: indices exact, detections to 1e-5.</summary>
[Trait("Category", Golden.Trait)]
public sealed class NonMaximumSuppressionGoldenTests
{
    public static TheoryData<string> Plain() => [.. DetOps.Cases("nms", "plain.keep_", "")];

    public static TheoryData<string> Batched() => [.. DetOps.Cases("nms", "batched.keep_", "")];

    public static TheoryData<string> Border() => [.. DetOps.Cases("nms", "border.keep_", "")];

    public static TheoryData<string> MultiClass() => [.. DetOps.Cases("nms", "", ".dets").Where(name => name.StartsWith("multiclass", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Plain))]
    public void Keep_GoldenBoxes_AreTheReferences(string threshold) => CheckKeep("plain", threshold);

    [Theory]
    [MemberData(nameof(Border))]
    public void Keep_OverlapAtTheThreshold_IsKept(string threshold) => CheckKeep("border", threshold);

    [Fact]
    public void Keep_NoBoxes_KeepsNone()
    {
        using var scope = NewDisposeScope();
        DetOps.Same(DetOps.Load("nms")["empty.keep"], NonMaximumSuppression.Keep(zeros(0, 4), zeros(0), 0.5));
    }

    // The reference's order among equal scores of different groups is free: the sets must be equal.
    [Theory]
    [MemberData(nameof(Batched))]
    public void KeepPerGroup_GoldenBoxes_AreTheReferences(string threshold)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("nms");
        var scores = golden["plain.scores"];

        var keep = NonMaximumSuppression.KeepPerGroup(golden["plain.boxes"], scores, golden["batched.idxs"], Number(threshold));

        Assert.Equal(DetOps.Longs(golden[$"batched.keep_{threshold}"]).Order(), DetOps.Longs(keep).Order());
        DetOps.Close(scores.index_select(0, golden[$"batched.keep_{threshold}"]), scores.index_select(0, keep), 0);
    }

    [Theory]
    [MemberData(nameof(MultiClass))]
    public void Select_GoldenImage_GivesTheReferencesDetections(string name)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("nms");
        var settings = DetOps.Settings.GetProperty(name);

        var (detections, labels) = MultiClassNms.Select(
            golden[$"{name}.boxes"],
            golden[$"{name}.scores"],
            settings.GetProperty("score_thr").GetDouble(),
            settings.GetProperty("iou_thr").GetDouble(),
            settings.GetProperty("max_per_img").GetInt32());

        DetOps.Close(golden[$"{name}.dets"], detections, 1e-5);
        DetOps.Same(golden[$"{name}.labels"], labels);
    }

    private static void CheckKeep(string name, string threshold)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("nms");

        DetOps.Same(golden[$"{name}.keep_{threshold}"], NonMaximumSuppression.Keep(golden[$"{name}.boxes"], golden[$"{name}.scores"], Number(threshold)));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
