using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Vit;

public sealed class DropPathTests
{
    [Fact]
    public void Kept_SamePlace_IsTheSameAndOtherPlacesDiffer()
    {
        var plan = new DropPathPlan(Networks.Tiny with { DropPathRate = 0.5, DropPathUniform = true }, seed: 3, iteration: 7);
        var again = new DropPathPlan(Networks.Tiny with { DropPathRate = 0.5, DropPathUniform = true }, seed: 3, iteration: 7);
        var other = new DropPathPlan(Networks.Tiny with { DropPathRate = 0.5, DropPathUniform = true }, seed: 3, iteration: 7, branch: 1);

        var kept = plan.Kept(block: 2, residual: 1, input: 0, inputs: 2, batch: 40);

        Assert.Equal(kept.Indices, again.Kept(2, 1, 0, 2, 40).Indices);
        Assert.NotEqual(kept.Indices, plan.Kept(2, 0, 0, 2, 40).Indices);
        Assert.NotEqual(kept.Indices, plan.Kept(2, 1, 1, 2, 40).Indices);
        Assert.NotEqual(kept.Indices, plan.Kept(3, 1, 0, 2, 40).Indices);
        Assert.NotEqual(kept.Indices, other.Kept(2, 1, 0, 2, 40).Indices);
    }

    [Fact]
    public void Kept_SeveralInputs_IsAFixedShareScaledToTheWhole()
    {
        var plan = new DropPathPlan(Networks.Tiny with { DropPathRate = 0.3, DropPathUniform = true }, 1, 0);

        var kept = plan.Kept(0, 0, 0, inputs: 2, batch: 10);

        Assert.Equal(7, kept.Indices.Count);
        Assert.Equal(10.0 / 7, kept.Scale);
        Assert.Equal(kept.Indices.Distinct().Order(), kept.Indices);
        Assert.Single(plan.Kept(0, 0, 0, 2, batch: 1).Indices);
    }

    [Fact]
    public void Kept_OneInputAndSmallRate_DropsSamplesIndependently()
    {
        var plan = new DropPathPlan(Networks.Tiny with { DropPathRate = 0.1, DropPathUniform = true }, 1, 0);

        var counts = Enumerable.Range(0, 5).Select(block => plan.Kept(block, 0, 0, inputs: 1, batch: 2000)).ToArray();

        Assert.All(counts, kept => Assert.InRange(kept.Indices.Count, 1740, 1860));
        Assert.All(counts, kept => Assert.Equal(1 / 0.9, kept.Scale, 12));
        Assert.True(counts.Select(kept => kept.Indices.Count).Distinct().Count() > 1);
    }

    [Fact]
    public void Kept_LinearRates_RiseFromNoneInTheFirstBlock()
    {
        var plan = new DropPathPlan(Networks.Tiny with { DropPathRate = 0.4, DropPathUniform = false }, 1, 0);

        Assert.Equal([10, 9, 8, 7, 6], Enumerable.Range(0, 5).Select(block => plan.Kept(block, 0, 0, 2, 10).Indices.Count));
    }

    [Fact]
    public void Forward_DroppedSamples_AddTheScaledBranchForTheKeptOnesOnly()
    {
        using var scope = NewDisposeScope();
        var architecture = Networks.Tiny with { DropPathRate = 0.5, DropPathUniform = true };
        using var network = Networks.Create(architecture);
        var plan = new DropPathPlan(architecture, 9, 4);
        TokenGroup[] groups = [new(4, 5), new(3, 2)];
        var x = Networks.Random(1, 26, 12);
        var weights = network.SliceBlock(2, 12);

        var actual = DroppedBlock.Forward(weights, x, groups, plan, block: 2);

        var expected = new List<Tensor>();
        for (var i = 0; i < groups.Length; i++)
        {
            var tokens = TokenGroup.Split(x, groups)[i];
            TokenGroup[] group = [groups[i]];
            tokens += weights.AttentionBranch(tokens, group) * RowScales(plan.Kept(2, 0, i, 2, (int)groups[i].Batch), groups[i]);
            tokens += weights.FeedForwardBranch(tokens) * RowScales(plan.Kept(2, 1, i, 2, (int)groups[i].Batch), groups[i]);
            expected.Add(tokens);
        }

        GoldenTensors.AssertClose(cat(expected, 0), actual, 1e-5, 1e-5, "dropped block");

        static Tensor RowScales(KeptSamples kept, TokenGroup group) =>
            tensor(Enumerable.Range(0, (int)group.Rows).Select(row => kept.Indices.Contains(row / (int)group.Tokens) ? (float)kept.Scale : 0f).ToArray()).unsqueeze(-1);
    }

    [Fact]
    public void Forward_NothingKept_LeavesTheInputAsItIs()
    {
        using var scope = NewDisposeScope();
        // With a single sample and independent drops, some block drops it in both branches.
        var architecture = Networks.Tiny with { DropPathRate = 0.1, DropPathUniform = true };
        using var network = Networks.Create(architecture);
        var iteration = Enumerable.Range(0, 100_000).First(i =>
        {
            var candidate = new DropPathPlan(architecture, 1, i);
            return candidate.Kept(0, 0, 0, 1, 1).Indices.Count + candidate.Kept(0, 1, 0, 1, 1).Indices.Count == 0;
        });
        var x = Networks.Random(1, 5, 12);

        var actual = DroppedBlock.Forward(network.SliceBlock(0, 12), x, [new(1, 5)], new DropPathPlan(architecture, 1, iteration), 0);

        Assert.Equal(0, Networks.MaxDeviation(x, actual));
    }
}
