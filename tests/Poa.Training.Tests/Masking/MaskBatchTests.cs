using Poa.Elastic;
using Poa.Training.Masking;
using Xunit;

namespace Poa.Training.Tests.Masking;

public sealed class MaskBatchTests
{
    [Theory]
    [InlineData(1, 1, 1.0)]
    [InlineData(4, 7, 0.5)]
    [InlineData(7, 6, 0.0)]
    [InlineData(2, 64, 1.0)]
    public void Draw_AnySettings_IsConsistentAndWithinTheBound(int grid, int crops, double probability)
    {
        var sampler = new MaskSampler(new BlockMaskGenerator(grid, grid), crops, new Interval(0.1, 0.5), probability);
        Assert.Equal((int)(crops * probability), sampler.MaskedCrops);
        for (var d = 0; d < 200; d++)
        {
            AssertConsistent(sampler.Draw(Randomness.For(1, RandomPurpose.Testing, d)), crops, grid * grid);
        }
    }

    [Fact]
    public void Draw_ManyBatches_MasksEveryPlaceEquallyOften()
    {
        const int crops = 8, draws = 4000;
        var sampler = new MaskSampler(new BlockMaskGenerator(6, 6), crops, new Interval(0.2, 0.4), 0.5);
        var masked = new int[crops];
        for (var d = 0; d < draws; d++)
        {
            foreach (var crop in sampler.Draw(Randomness.For(2, RandomPurpose.Testing, d)).Indices.Select(i => (int)(i / 36)).Distinct())
            {
                masked[crop]++;
            }
        }

        // Half of the crops on average at every place: four standard errors of a coin.
        Assert.All(masked, n => Assert.Equal(draws / 2.0, n, 4 * Math.Sqrt(draws / 4.0)));
    }

    internal static void AssertConsistent(MaskBatch batch, int crops, int tokens)
    {
        Assert.Equal(crops * tokens, batch.Masks.Length);
        Assert.Equal(Enumerable.Range(0, batch.Masks.Length).Where(i => batch.Masks[i]).Select(i => (long)i), batch.Indices);
        Assert.True(batch.Indices.Length <= batch.UpperBound);
        var perCrop = batch.Indices.CountBy(i => i / tokens).ToDictionary();
        Assert.Equal(batch.Indices.Select(i => 1f / perCrop[i / tokens]), batch.Weights);
    }
}
