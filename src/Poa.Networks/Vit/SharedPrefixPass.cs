using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// Runs several depths of one width over the same tokens. Their block sequences form a tree (all begin with block 0), and each edge of it is
/// computed once. Depth first, so that only the tokens along one path are alive at a time.
/// </summary>
internal sealed class SharedPrefixPass(ElasticViT network, int width, TokenGroup group)
{
    private readonly Dictionary<int, BlockWeights> _sliced = [];

    /// <summary>Normed class tokens [B, D] by depth.</summary>
    internal Dictionary<int, Tensor> ClassTokens(Tensor x_TD, IReadOnlyList<int> depths)
    {
        var results = new Dictionary<int, Tensor>();
        Visit(x_TD, [.. depths.Select(d => (d, (IReadOnlyList<int>)BlockSelection.KeptBlocks(network.Architecture.MaxDepth, d)))], 0, results);
        return results;
    }

    private void Visit(Tensor x_TD, IReadOnlyList<(int Depth, IReadOnlyList<int> Blocks)> paths, int position, Dictionary<int, Tensor> results)
    {
        foreach (var branch in paths.GroupBy(p => p.Blocks[position]))
        {
            var weights = Slice(branch.Key);
            foreach (var ending in branch.Where(p => p.Blocks.Count == position + 1))
            {
                var token = weights.ForwardClassToken(x_TD, group);
                results.Add(ending.Depth, network.SliceNorm(width).Apply(token));
            }

            var longer = branch.Where(p => p.Blocks.Count > position + 1).ToArray();
            if (longer.Length > 0)
            {
                using var next = weights.Forward(x_TD, [group]);
                Visit(next, longer, position + 1, results);
            }
        }
    }

    private BlockWeights Slice(int block) =>
        _sliced.TryGetValue(block, out var weights) ? weights : _sliced[block] = network.SliceBlock(block, width);
}
