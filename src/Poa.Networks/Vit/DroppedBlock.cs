using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>A block under stochastic depth: each residual branch is computed for its kept samples only, which saves the others' cost.</summary>
internal static class DroppedBlock
{
    /// <summary>The whole block.</summary>
    /// <param name="weights">The block.</param>
    /// <param name="x_TD">Packed tokens.</param>
    /// <param name="groups">The inputs packed in them.</param>
    /// <param name="plan">Which samples are kept.</param>
    /// <param name="block">Index of the block in the intact network.</param>
    internal static Tensor Forward(BlockWeights weights, Tensor x_TD, IReadOnlyList<TokenGroup> groups, DropPathPlan plan, int block)
    {
        return Forward(weights, x_TD, groups, Kept(0), Kept(1));

        KeptSamples[] Kept(int residual) => [.. groups.Select((g, i) => plan.Kept(block, residual, i, groups.Count, (int)g.Batch))];
    }

    /// <summary>The whole block.</summary>
    /// <param name="weights">The block.</param>
    /// <param name="x_TD">Packed tokens.</param>
    /// <param name="groups">The inputs packed in them.</param>
    /// <param name="attention">Samples of each input that attention is computed for.</param>
    /// <param name="feedForward">The same for the feed-forward.</param>
    internal static Tensor Forward(
        BlockWeights weights, Tensor x_TD, IReadOnlyList<TokenGroup> groups, KeptSamples[] attention, KeptSamples[] feedForward)
    {
        using var scope = NewDisposeScope();
        x_TD = Add(x_TD, groups, attention, weights.AttentionBranch);
        return Add(x_TD, groups, feedForward, (kept, _) => weights.FeedForwardBranch(kept)).MoveToOuterDisposeScope();
    }

    private static Tensor Add(
        Tensor x_TD, IReadOnlyList<TokenGroup> groups, KeptSamples[] kept, Func<Tensor, IReadOnlyList<TokenGroup>, Tensor> branch)
    {
        var keptGroups = new List<TokenGroup>();
        var scales = new List<double>();
        var rows = new List<long>();
        var start = 0L;
        for (var i = 0; i < groups.Count; i++)
        {
            foreach (var sample in kept[i].Indices)
            {
                for (var token = 0L; token < groups[i].Tokens; token++)
                {
                    rows.Add(start + (sample * groups[i].Tokens) + token);
                }
            }

            // An input of which nothing is kept takes no part.
            if (kept[i].Indices.Count > 0)
            {
                keptGroups.Add(groups[i] with { Batch = kept[i].Indices.Count });
                scales.Add(kept[i].Scale);
            }

            start += groups[i].Rows;
        }

        if (rows.Count == 0)
        {
            return x_TD.alias();
        }

        var index = tensor(rows.ToArray(), device: x_TD.device);
        var parts = TokenGroup.Split(branch(x_TD.index_select(0, index), keptGroups), keptGroups);
        var scaled = TokenGroup.Pack([.. parts.Select((part, i) => scales[i] == 1 ? part : part.Times(scales[i]))]);
        using var one = 1.ToScalar();
        return x_TD.index_add(0, index, scaled, one);
    }
}
