using CsCheck;

namespace Poa.Elastic.Tests;

public sealed class RandomnessTests
{
    private const int Draws = 100_000;

    private static readonly Gen<(long Seed, int Purpose, long Iteration, long Sample)> Streams =
        Gen.Select(Gen.Long, Gen.Int[1, 8], Gen.Long[0, 1L << 40], Gen.Long[0, 1L << 40]);

    [Fact]
    public void For_SameArguments_GivesTheSameNumbers() => Streams.Sample(key => Assert.Equal(First(key), First(key)));

    [Fact]
    public void For_OneArgumentChanged_GivesOtherNumbers() => Streams.Sample(key =>
    {
        var numbers = First(key);
        Assert.Empty(numbers.Intersect(First(key with { Seed = key.Seed ^ 1 })));
        Assert.Empty(numbers.Intersect(First(key with { Purpose = key.Purpose + 1 })));
        Assert.Empty(numbers.Intersect(First(key with { Iteration = key.Iteration + 1 })));
        Assert.Empty(numbers.Intersect(First(key with { Sample = key.Sample + 1 })));
        Assert.Empty(numbers.Intersect(First(key with { Iteration = key.Sample, Sample = key.Iteration + 1 })));
    });

    [Fact]
    public void For_FixedArguments_GivesTheRecordedNumbers()
    {
        // Computed by an independent program. If this fails, runs cannot be reproduced across versions any more.
        ulong[] recorded = [15998385852867392527, 9431867108484025851, 5692196081182793002];
        var stream = Randomness.For(42, RandomPurpose.Augmentation, iteration: 7, sample: 3);
        Assert.Equal(recorded, Enumerable.Range(0, 3).Select(_ => stream.NextUInt64()));
    }

    [Fact]
    public void For_NeighbouringStreams_AreUncorrelated()
    {
        // First draws of streams that differ in the sample only, then in the iteration only: correlation within 4 standard errors.
        foreach (var byIteration in new[] { false, true })
        {
            double[] values = [.. Enumerable.Range(0, Draws).Select(i =>
                Randomness.For(1, RandomPurpose.Testing, byIteration ? i : 0, byIteration ? 0 : i).NextDouble() - 0.5)];
            var covariance = values.Zip(values.Skip(1)).Average(pair => pair.First * pair.Second);
            Assert.InRange(covariance * 12, -4 / Math.Sqrt(Draws), 4 / Math.Sqrt(Draws));
            Assert.InRange(values.Average(), -4 / Math.Sqrt(12.0 * Draws), 4 / Math.Sqrt(12.0 * Draws));
        }
    }

    [Fact]
    public void NextDouble_ManyDraws_IsUniform()
    {
        var stream = Randomness.For(2, RandomPurpose.Testing);
        var bins = new int[100];
        for (var i = 0; i < Draws; i++)
        {
            bins[(int)(stream.NextDouble() * bins.Length)]++;
        }

        AssertUniform(bins);
    }

    [Fact]
    public void NextInt32_ManyDraws_IsUniform()
    {
        var stream = Randomness.For(3, RandomPurpose.Testing);
        var bins = new int[37];
        for (var i = 0; i < Draws; i++)
        {
            bins[stream.NextInt32(bins.Length)]++;
        }

        AssertUniform(bins);
    }

    [Fact]
    public void NextInt32_RangeJustAboveHalfOfAllWords_IsUnbiased()
    {
        // With 3 * 2^29 results from 2^32 words, taking the product's upper half without a second draw would favour every third result pair.
        const int max = 3 << 29;
        var stream = Randomness.For(4, RandomPurpose.Testing);
        var bins = new int[3];
        for (var i = 0; i < Draws; i++)
        {
            bins[stream.NextInt32(max) % 3]++;
        }

        AssertUniform(bins);
    }

    [Fact]
    public void NextGaussian_ManyDraws_HasTheNormalMoments()
    {
        var stream = Randomness.For(5, RandomPurpose.Testing);
        double[] values = [.. Enumerable.Range(0, Draws).Select(_ => stream.NextGaussian())];
        Assert.InRange(values.Average(), -4 / Math.Sqrt(Draws), 4 / Math.Sqrt(Draws));
        Assert.InRange(values.Average(x => x * x), 1 - (4 * Math.Sqrt(2.0 / Draws)), 1 + (4 * Math.Sqrt(2.0 / Draws)));
        Assert.InRange(values.Average(x => x * x * x * x), 3 - (4 * Math.Sqrt(96.0 / Draws)), 3 + (4 * Math.Sqrt(96.0 / Draws)));
        Assert.InRange(values.Count(x => x > 1.959964) / (double)Draws, 0.023, 0.027);
    }

    [Fact]
    public void NextTruncatedGaussian_AnyInterval_StaysWithin()
    {
        var stream = Randomness.For(6, RandomPurpose.Testing);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(stream.NextTruncatedGaussian(0, 0.02, -0.01, 0.03), -0.01, 0.03));
        Assert.Throws<ArgumentException>(() => stream.NextTruncatedGaussian(0, 1, 9, 10));
    }

    [Fact]
    public void NextBool_ZeroAndOne_AreCertain()
    {
        var stream = Randomness.For(7, RandomPurpose.Testing);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.False(stream.NextBool(0)));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(stream.NextBool(1)));
    }

    [Fact]
    public void Uniform_ManyDraws_StaysWithinAndHasTheMean()
    {
        var stream = Randomness.For(8, RandomPurpose.Testing);
        double[] values = [.. Enumerable.Range(0, Draws).Select(_ => stream.Uniform(-1, 3))];
        Assert.True(values.Min() >= -1 && values.Max() < 3);
        Assert.InRange(values.Average(), 1 - (4 * 4 / Math.Sqrt(12.0 * Draws)), 1 + (4 * 4 / Math.Sqrt(12.0 * Draws)));
    }

    [Fact]
    public void Permutation_ManyOfFour_AreAllEquallyLikely()
    {
        var stream = Randomness.For(9, RandomPurpose.Testing);
        var counts = Enumerable.Range(0, Draws).GroupBy(_ => string.Concat(stream.Permutation(4))).Select(group => group.Count()).ToArray();
        Assert.Equal(24, counts.Length);
        AssertUniform(counts);
    }

    /// <summary>Chi-square within 5 standard deviations of its mean.</summary>
    private static void AssertUniform(int[] bins)
    {
        var expected = bins.Sum() / (double)bins.Length;
        var chiSquare = bins.Sum(count => (count - expected) * (count - expected) / expected);
        var freedom = bins.Length - 1;
        Assert.InRange(chiSquare, 0, freedom + (5 * Math.Sqrt(2.0 * freedom)));
    }

    private static ulong[] First((long Seed, int Purpose, long Iteration, long Sample) key)
    {
        var stream = Randomness.For(key.Seed, (RandomPurpose)key.Purpose, key.Iteration, key.Sample);
        return [.. Enumerable.Range(0, 8).Select(_ => stream.NextUInt64())];
    }
}
