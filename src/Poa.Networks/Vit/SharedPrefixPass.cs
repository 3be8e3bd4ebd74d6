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

    /// <summary>Normed class tokens [B, D] by depth. The last block is computed for the class token only.</summary>
    internal Dictionary<int, Tensor> ClassTokens(Tensor x_TD, IReadOnlyList<int> depths)
    {
        var results = new Dictionary<int, Tensor>();
        VisitClassTokens(x_TD, Paths(depths), 0, results);
        return results;
    }

    /// <summary>
    /// By depth: normed class tokens of the blocks at the positions of that depth, then the mean of the last block's normed patch tokens,
    /// side by side, [B, (n + 1) * D].
    /// </summary>
    internal Dictionary<int, Tensor> PooledBlocks(Tensor x_TD, IReadOnlyList<int> depths, Func<int, IReadOnlyList<int>> positions)
    {
        var results = new Dictionary<int, Tensor>();
        VisitBlocks(x_TD, Paths(depths), new Tensor[depths.Max()], 0, positions, results);
        return results;
    }

    private (int Depth, IReadOnlyList<int> Blocks)[] Paths(IReadOnlyList<int> depths) =>
        [.. depths.Select(d => (d, (IReadOnlyList<int>)BlockSelection.KeptBlocks(network.Architecture.MaxDepth, d)))];

    private void VisitClassTokens(Tensor x_TD, IReadOnlyList<(int Depth, IReadOnlyList<int> Blocks)> paths, int position, Dictionary<int, Tensor> results)
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
                VisitClassTokens(next, longer, position + 1, results);
            }
        }
    }

    /// <param name="x_TD">Tokens that go into the blocks at <paramref name="position"/>.</param>
    /// <param name="paths">The depths that come by here.</param>
    /// <param name="tokens_BD">Normed class tokens along the path so far, by position; written from <paramref name="position"/> on.</param>
    /// <param name="position">Place among a path's blocks.</param>
    /// <param name="positions">Wanted positions of a depth.</param>
    /// <param name="results">Takes what is complete.</param>
    private void VisitBlocks(
        Tensor x_TD,
        IReadOnlyList<(int Depth, IReadOnlyList<int> Blocks)> paths,
        Tensor[] tokens_BD,
        int position,
        Func<int, IReadOnlyList<int>> positions,
        Dictionary<int, Tensor> results)
    {
        foreach (var branch in paths.GroupBy(p => p.Blocks[position]))
        {
            using var next = Slice(branch.Key).Forward(x_TD, [group]);
            using var token_BD = NormedClassToken(next);
            tokens_BD[position] = token_BD;
            foreach (var ending in branch.Where(p => p.Blocks.Count == position + 1))
            {
                results.Add(ending.Depth, Pooled(next, [.. positions(ending.Depth).Select(p => tokens_BD[p])]));
            }

            var longer = branch.Where(p => p.Blocks.Count > position + 1).ToArray();
            if (longer.Length > 0)
            {
                VisitBlocks(next, longer, tokens_BD, position + 1, positions, results);
            }
        }
    }

    private Tensor NormedClassToken(Tensor x_TD)
    {
        // Scopes here and below, because a view left behind keeps all tokens in memory.
        using var scope = NewDisposeScope();
        return network.SliceNorm(width).Apply(Sequences(x_TD).select(1, 0)).MoveToOuterDisposeScope();
    }

    private Tensor Pooled(Tensor x_TD, IReadOnlyList<Tensor> tokens_BD)
    {
        using var scope = NewDisposeScope();
        var mean_BD = Sequences(network.SliceNorm(width).Apply(x_TD)).narrow(1, 1, group.Tokens - 1).mean([1]);
        return cat([.. tokens_BD, mean_BD], 1).MoveToOuterDisposeScope();
    }

    private Tensor Sequences(Tensor x_TD) => x_TD.view(group.Batch, group.Tokens, width);

    private BlockWeights Slice(int block) =>
        _sliced.TryGetValue(block, out var weights) ? weights : _sliced[block] = network.SliceBlock(block, width);
}
