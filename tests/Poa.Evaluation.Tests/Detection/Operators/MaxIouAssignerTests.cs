using CsCheck;
using Poa.Evaluation.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>Assignment against the loops of its definition. Boxes are on small whole numbers, so that ties are common.</summary>
public sealed class MaxIouAssignerTests
{
    private static readonly Gen<float[]> Box =
        Gen.Select(Gen.Int[0, 10], Gen.Int[0, 10], Gen.Int[0, 8], Gen.Int[0, 8]).Select(b => new float[] { b.Item1, b.Item2, b.Item1 + b.Item3, b.Item2 + b.Item4 });

    private static readonly Gen<MaxIouAssignerOptions> Options =
        from matchLowQuality in Gen.Bool
        from ignore in Gen.Bool.Select(ignores => ignores ? 0.5 : -1)
        from lowest in Gen.Bool.Select(raised => raised ? 0.125 : 0)
        from positive in Gen.Bool.Select(high => high ? 0.75 : 0.5)
        select new MaxIouAssignerOptions
        {
            PositiveIou = positive,
            NegativeIou = 0.375,
            NegativeIouFrom = lowest,
            MinPositiveIou = 0.25,
            MatchLowQuality = matchLowQuality,
            IgnoreIof = ignore,
        };

    [Fact]
    public void Assign_AnyBoxes_EqualsTheLoops() => Gen.Select(Box.Array[0, 30], Box.Array[0, 6], Box.Array[0, 2], Options).Sample(
        (boxes, objects, crowds, options) =>
        {
            using var scope = NewDisposeScope();
            var labels = Enumerable.Range(0, objects.Length).Select(i => 10L + i).ToArray();

            var assignment = new MaxIouAssigner(options).Assign(Rows(boxes), Rows(objects), tensor(labels), Rows(crowds));

            var expected = SlowAssigner.Assign(boxes, objects, crowds, options);
            Assert.Equal(expected, DetOps.Longs(assignment.Objects_N));
            Assert.Equal(expected.Select(o => o > 0 ? labels[o - 1] : -1), DetOps.Longs(assignment.Labels_N));
        },
        iter: 300);

    private static Tensor Rows(float[][] boxes) => tensor(boxes.SelectMany(b => b).ToArray()).view(-1, 4);
}
