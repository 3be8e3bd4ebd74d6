using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

public sealed partial class ElasticViT
{
    /// <summary>
    /// Places, among a sub-network's blocks, of the <paramref name="count"/> whose features dense tasks use:
    /// round-half-to-even(depth / 4 * i) for i = 5 - count .. 3, and the last block (the authors' choice).
    /// </summary>
    /// <param name="depth">Blocks of the sub-network.</param>
    /// <param name="count">1 to 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is not in 1..4.</exception>
    /// <exception cref="ArgumentException">The depth has no so many distinct places (4 and 3 want at least 6 blocks, as does 2 for depths 3 to 5).</exception>
    public static IReadOnlyList<int> IntermediatePositions(int depth, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 4);
        int[] positions =
        [
            .. Enumerable.Range(5 - count, count - 1).Select(i => (int)Math.Round(depth / 4.0 * i, MidpointRounding.ToEven)),
            depth - 1,
        ];
        return positions.Distinct().Count() == count
            ? positions
            : throw new ArgumentException($"A network of {depth} blocks has no {count} distinct intermediate layers (places {string.Join(", ", positions)}); ask for fewer.", nameof(depth));
    }

    /// <summary>Features of several blocks; see <see cref="IntermediatePositions"/>.</summary>
    /// <param name="images_BCHW">[B, C, H, W]</param>
    /// <param name="subNetwork">A cell of the grid.</param>
    /// <param name="count">How many blocks, 1 to 4.</param>
    /// <param name="normalise">Whether the final norm is applied to each.</param>
    /// <returns>In the order of the blocks.</returns>
    public IReadOnlyList<IntermediateLayer> IntermediateLayers(Tensor images_BCHW, SubNetwork subNetwork, int count, bool normalise = true)
    {
        ThrowIfOffGrid(subNetwork);
        var positions = IntermediatePositions(subNetwork.Depth.Blocks, count);

        using var scope = NewDisposeScope();
        var embedded = Embed(new BackboneInput(images_BCHW), subNetwork.Width);
        var group = new TokenGroup(embedded.shape[0], embedded.shape[1]);
        var (rows, columns) = (images_BCHW.shape[2] / Architecture.PatchSize, images_BCHW.shape[3] / Architecture.PatchSize);
        var finalNorm = norm.Slice(subNetwork.Width);
        var x_TD = embedded.view(-1, subNetwork.Width);
        var layers = new List<IntermediateLayer>();
        var kept = BlockSelection.KeptBlocks(Architecture.MaxDepth, subNetwork.Depth.Blocks);
        for (var i = 0; i < kept.Length; i++)
        {
            x_TD = blocks[kept[i]].Slice(kept[i], subNetwork.Width).Forward(x_TD, [group]);
            if (positions.Contains(i))
            {
                var x_BTD = Sequences(normalise ? finalNorm.Apply(x_TD) : x_TD, group);
                var map = x_BTD.narrow(1, 1, group.Tokens - 1).view(group.Batch, rows, columns, -1).permute(0, 3, 1, 2).contiguous();
                layers.Add(new IntermediateLayer(map.MoveToOuterDisposeScope(), x_BTD.select(1, 0).MoveToOuterDisposeScope()));
            }
        }

        return layers;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> LevelWidths(SubNetwork subNetwork)
    {
        ThrowIfOffGrid(subNetwork);
        return [.. Enumerable.Repeat(subNetwork.Width, subNetwork.Depth.Blocks)];
    }

    /// <summary>
    /// Normed class tokens of many sub-networks for the same images, sharing what they have in common: patches and their embedding, positions,
    /// and, among sub-networks of one width, the blocks before their depths part. The last block is computed for the class token only.
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> ClassTokens(Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks) =>
        Shared(images_BCHW, subNetworks, (pass, x_TD, depths) => pass.ClassTokens(x_TD, depths));

    /// <summary>
    /// Normed class tokens of several blocks and the mean of the last block's normed patch tokens, of many sub-networks, which share what they
    /// have in common as in <see cref="ClassTokens"/>.
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> PooledBlocks(Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks, Func<int, IReadOnlyList<int>> positions) =>
        Shared(images_BCHW, subNetworks, (pass, x_TD, depths) => pass.PooledBlocks(x_TD, depths, positions));

    private IReadOnlyList<Tensor> Shared(
        Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks, Func<SharedPrefixPass, Tensor, IReadOnlyList<int>, Dictionary<int, Tensor>> run)
    {
        ArgumentNullException.ThrowIfNull(subNetworks);
        ArgumentOutOfRangeException.ThrowIfZero(subNetworks.Count);
        foreach (var subNetwork in subNetworks)
        {
            ThrowIfOffGrid(subNetwork);
        }

        using var scope = NewDisposeScope();
        // Always at full width: a product's last bits may depend on its shape, and a sub-network's must not depend on the others asked for.
        var embedded = Embed(new BackboneInput(images_BCHW), Architecture.MaxEmbedDim);
        var group = new TokenGroup(embedded.shape[0], embedded.shape[1]);
        var results = new Dictionary<SubNetwork, Tensor>();
        foreach (var sameWidth in subNetworks.Distinct().GroupBy(s => s.Width))
        {
            using var widthScope = NewDisposeScope();
            var pass = new SharedPrefixPass(this, sameWidth.Key, group);
            var x_TD = embedded.Leading(sameWidth.Key).reshape(group.Rows, sameWidth.Key);
            foreach (var (depth, result) in run(pass, x_TD, [.. sameWidth.Select(s => s.Depth.Blocks)]))
            {
                results.Add(new SubNetwork(sameWidth.Key, depth), result.MoveToOuterDisposeScope());
            }
        }

        return [.. subNetworks.Select(s => results[s].alias().MoveToOuterDisposeScope())];
    }

    /// <summary>The block of the intact network at <paramref name="index"/>, for a sub-network of <paramref name="width"/> channels.</summary>
    internal BlockWeights SliceBlock(int index, int width) => blocks[index].Slice(index, width);

    /// <summary>The final norm for a sub-network of <paramref name="width"/> channels.</summary>
    internal NormWeights SliceNorm(int width) => norm.Slice(width);
}
