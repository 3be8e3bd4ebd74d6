using Poa.Elastic;
using Poa.Evaluation.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

public sealed class RandomSamplerTests
{
    private static readonly RandomSampler Sampler = new(Count: 16, PositiveFraction: 0.25, AddObjects: false);

    [Fact]
    public void Draw_EnoughOfBoth_DrawsTheFractionWithoutRepetition()
    {
        using var scope = NewDisposeScope();
        var assignment = Assigned(positives: 10, negatives: 50, ignored: 5);

        var sample = Sampler.Draw(Boxes(65), assignment, Boxes(3), Stream(0));

        Assert.Equal(4, sample.Positives_P.shape[0]);
        Assert.Equal(12, sample.Negatives_Q.shape[0]);
        long[] positives = DetOps.Longs(sample.Positives_P), negatives = DetOps.Longs(sample.Negatives_Q);
        Assert.Equal(positives.Distinct().Order(), positives);
        Assert.Equal(negatives.Distinct().Order(), negatives);
        Assert.All(positives, i => Assert.InRange(i, 0, 9));
        Assert.All(negatives, i => Assert.InRange(i, 10, 59));
        Assert.Equal(positives.Select(i => i % 3), DetOps.Longs(sample.Objects_P));
    }

    [Fact]
    public void Draw_FewPositives_NegativesFillUp()
    {
        using var scope = NewDisposeScope();

        var sample = Sampler.Draw(Boxes(52), Assigned(positives: 2, negatives: 50, ignored: 0), Boxes(3), Stream(0));

        Assert.Equal([0, 1], DetOps.Longs(sample.Positives_P));
        Assert.Equal(14, sample.Negatives_Q.shape[0]);
    }

    [Fact]
    public void Draw_TooFewOfAll_TakesThemAll()
    {
        using var scope = NewDisposeScope();

        var sample = Sampler.Draw(Boxes(6), Assigned(positives: 1, negatives: 3, ignored: 2), Boxes(3), Stream(0));

        Assert.Equal([0], DetOps.Longs(sample.Positives_P));
        Assert.Equal([1, 2, 3], DetOps.Longs(sample.Negatives_Q));
    }

    [Fact]
    public void Draw_ObjectsAdded_AreTheFirstPositives()
    {
        using var scope = NewDisposeScope();

        var sample = (Sampler with { AddObjects = true }).Draw(Boxes(4), Assigned(positives: 0, negatives: 4, ignored: 0), Boxes(3) + 100, Stream(0));

        Assert.Equal([0, 1, 2], DetOps.Longs(sample.Positives_P));
        Assert.Equal([0, 1, 2], DetOps.Longs(sample.Objects_P));
        Assert.Equal([3, 4, 5, 6], DetOps.Longs(sample.Negatives_Q));
        DetOps.Close(cat([Boxes(3) + 100, Boxes(4)]), sample.Boxes_N4, 0);
    }

    [Fact]
    public void Draw_SameStream_IsTheSameAndAnotherDiffers()
    {
        using var scope = NewDisposeScope();
        long[] Negatives(int iteration) => DetOps.Longs(Sampler.Draw(Boxes(65), Assigned(10, 50, 5), Boxes(3), Stream(iteration)).Negatives_Q);

        Assert.Equal(Negatives(4), Negatives(4));
        Assert.NotEqual(Negatives(4), Negatives(5));
    }

    // 4 of 10, 5,000 times: each 2,000 times with a deviation of 35.
    [Fact]
    public void Draw_ManyTimes_PrefersNobody()
    {
        using var scope = NewDisposeScope();
        var (boxes, assignment, objects) = (Boxes(60), Assigned(10, 50, 0), Boxes(3));
        var counts = new int[10];
        for (var i = 0; i < 5000; i++)
        {
            using var inner = NewDisposeScope();
            foreach (var positive in DetOps.Longs(Sampler.Draw(boxes, assignment, objects, Stream(i)).Positives_P))
            {
                counts[positive]++;
            }
        }

        Assert.All(counts, count => Assert.InRange(count, 2000 - 200, 2000 + 200));
    }

    private static RandomStream Stream(int iteration) => Randomness.For(1, RandomPurpose.Testing, iteration);

    private static Tensor Boxes(int count) => arange(4 * count, ScalarType.Float32).view(count, 4);

    /// <summary>Positives first, for objects 0, 1, 2, 0, ...; then negatives; then ignored.</summary>
    private static Assignment Assigned(int positives, int negatives, int ignored)
    {
        long[] objects = [.. Enumerable.Range(0, positives).Select(i => 1L + (i % 3)), .. Enumerable.Repeat(0L, negatives), .. Enumerable.Repeat(-1L, ignored)];
        return new(tensor(objects), zeros(objects.Length), zeros(objects.Length, ScalarType.Int64));
    }
}
