using CsCheck;
using Poa.Evaluation.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>NMS against the loop of its definition. Boxes are on small whole numbers and scores on few values, so that ties and overlaps at the threshold are common.</summary>
public sealed class NonMaximumSuppressionTests
{
    private static Gen<(float[] Box, float Score, long Group)[]> Boxes(int most, int area) => Gen.Select(
        Gen.Select(Gen.Int[0, area], Gen.Int[0, area], Gen.Int[0, 12], Gen.Int[0, 12]).Select(b => new float[] { b.Item1, b.Item2, b.Item1 + b.Item3, b.Item2 + b.Item4 }),
        Gen.Int[0, 20].Select(s => s / 20f),
        Gen.Long[0, 3]).Array[0, most];

    [Fact]
    public void Keep_AnyBoxes_EqualsTheLoop() =>
        Gen.Select(Boxes(40, 10), Gen.Int[0, 4].Select(i => i / 4.0)).Sample((boxes, threshold) => Check(boxes, threshold, grouped: false), iter: 300);

    [Fact]
    public void KeepPerGroup_AnyBoxes_EqualsTheLoop() =>
        Gen.Select(Boxes(40, 10), Gen.Int[1, 2].Select(i => i / 4.0)).Sample((boxes, threshold) => Check(boxes, threshold, grouped: true), iter: 300);

    [Fact]
    public void KeepPerGroup_MoreBoxesThanABlockHas_EqualsTheLoop() =>
        Gen.Select(Boxes(1500, 60), Gen.Bool).Sample((boxes, grouped) => Check(boxes, 0.5, grouped), iter: 10);

    [Fact]
    public void Keep_ChainInWhichEveryBoxSuppressesTheNext_KeepsEverySecond()
    {
        using var scope = NewDisposeScope();
        var start = arange(400, ScalarType.Float32) * 4;
        var boxes = stack([start, zeros_like(start), start + 10, ones_like(start)], 1);

        // Neighbours share 6 of 14.
        var keep = NonMaximumSuppression.Keep(boxes, -start, 0.4);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => 2L * i), DetOps.Longs(keep));
    }

    private static void Check((float[] Box, float Score, long Group)[] boxes, double threshold, bool grouped)
    {
        using var scope = NewDisposeScope();
        var boxes_N4 = tensor(boxes.SelectMany(b => b.Box).ToArray()).view(-1, 4);
        var scores_N = tensor(boxes.Select(b => b.Score).ToArray());

        var keep = grouped
            ? NonMaximumSuppression.KeepPerGroup(boxes_N4, scores_N, tensor(boxes.Select(b => b.Group).ToArray()), threshold)
            : NonMaximumSuppression.Keep(boxes_N4, scores_N, threshold);

        Assert.Equal(
            SlowNonMaximumSuppression.Keep([.. boxes.Select(b => b.Box)], [.. boxes.Select(b => b.Score)], [.. boxes.Select(b => grouped ? b.Group : 0)], (float)threshold),
            DetOps.Longs(keep));
    }
}
