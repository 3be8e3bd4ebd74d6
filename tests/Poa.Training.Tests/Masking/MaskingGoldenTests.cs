using System.Text.Json;
using Poa.Elastic;
using Poa.Testing;
using Poa.Training.Masking;
using Xunit;

namespace Poa.Training.Tests.Masking;

[Trait("Category", Golden.Trait)]
public sealed class MaskingGoldenTests
{
    [Fact]
    public void BlockMaskGenerator_GoldenSettings_HasTheReferencesStatistics()
    {
        var cases = Golden.Json("masking.json").GetProperty("masking_generator").EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        for (var i = 0; i < cases.Count; i++)
        {
            var (height, width) = Grid(cases[i]);
            var target = cases[i].GetProperty("num_masking_patches").GetInt32();
            var generator = new BlockMaskGenerator(height, width, cases[i].GetProperty("max_num_patches").GetDouble());
            Assert.Equal(BlockMaskGenerator.MinimumPatches, cases[i].GetProperty("min_num_patches").GetInt32());
            Assert.Equal(BlockMaskGenerator.MinimumAspect, cases[i].GetProperty("min_aspect").GetDouble());
            var draws = cases[i].GetProperty("draws").GetInt32();
            var mask = new bool[height * width];
            var counts = new double[draws];
            for (var d = 0; d < draws; d++)
            {
                var count = generator.Draw(target, Randomness.For(11, RandomPurpose.Testing, i, d), mask);
                Assert.Equal(mask.Count(m => m), count);
                Assert.InRange(count, 0, target);
                counts[d] = count;
            }

            var label = $"grid {height}x{width}, target {target}";
            AssertSameMean(label, cases[i].GetProperty("mean").GetDouble(), cases[i].GetProperty("std").GetDouble(), draws, counts);
            var hits = cases[i].GetProperty("fraction_hitting_target_exactly").GetDouble();
            AssertSameMean(label + ", hits", hits, Math.Sqrt(hits * (1 - hits)), draws, [.. counts.Select(c => c == target ? 1.0 : 0.0)]);
        }
    }

    [Fact]
    public void MaskSampler_GoldenSettings_HasTheReferencesEdgesBoundAndStatistics()
    {
        var cases = Golden.Json("masking.json").GetProperty("collate").EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        for (var i = 0; i < cases.Count; i++)
        {
            var (height, width) = Grid(cases[i]);
            var crops = cases[i].GetProperty("global_crops_in_batch").GetInt32();
            var ratio = cases[i].GetProperty("ratio");
            var sampler = new MaskSampler(
                new BlockMaskGenerator(height, width), crops, new Interval(ratio[0].GetDouble(), ratio[1].GetDouble()), cases[i].GetProperty("probability").GetDouble());
            Assert.Equal(cases[i].GetProperty("crops_given_a_nonzero_mask_target").GetInt32(), sampler.MaskedCrops);
            Assert.Equal(cases[i].GetProperty("ratio_bin_edges").EnumerateArray().Select(e => e.GetSingle()), sampler.Edges);
            Assert.Equal(cases[i].GetProperty("upperbound").GetInt32(), sampler.UpperBound);

            const int draws = 1000;
            var totals = new double[draws];
            var masked = new double[draws];
            for (var d = 0; d < draws; d++)
            {
                var batch = sampler.Draw(Randomness.For(5, RandomPurpose.Testing, i, d));
                MaskBatchTests.AssertConsistent(batch, crops, height * width);
                totals[d] = batch.Indices.Length;
                masked[d] = batch.Indices.Select(x => x / (height * width)).Distinct().Count();
            }

            // The file does not say how many batches it counted; with as many as ours the bound is at its widest honest value.
            var recorded = cases[i].GetProperty("masked_total");
            AssertSameMean($"collate {i}", recorded.GetProperty("mean").GetDouble(), recorded.GetProperty("std").GetDouble(), draws, totals);
            var actuallyMasked = cases[i].GetProperty("crops_actually_masked");
            Assert.InRange(masked.Average(), actuallyMasked.GetProperty("min").GetDouble(), actuallyMasked.GetProperty("max").GetDouble());
        }
    }

    private static (int Height, int Width) Grid(JsonElement item) => (item.GetProperty("grid")[0].GetInt32(), item.GetProperty("grid")[1].GetInt32());

    /// <summary>Within four standard errors of both samples.</summary>
    private static void AssertSameMean(string label, double mean, double deviation, int count, double[] ours)
    {
        var ourMean = ours.Average();
        var ourVariance = ours.Sum(x => (x - ourMean) * (x - ourMean)) / ours.Length;
        var error = Math.Sqrt((deviation * deviation / count) + (ourVariance / ours.Length));
        Assert.True(Math.Abs(ourMean - mean) <= (4 * error) + 1e-9, $"{label}: {ourMean} for {mean}, standard error {error}");
    }
}
