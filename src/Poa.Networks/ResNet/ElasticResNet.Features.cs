using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

public sealed partial class ElasticResNet
{
    /// <summary>The output of every stage, for dense tasks, and its mean.</summary>
    /// <param name="images_BCHW">[B, C, H, W]</param>
    /// <param name="subNetwork">A cell of the grid.</param>
    /// <returns>Four, finest first: with the default strides 4, 8, 16 and 32 pixels a cell.</returns>
    public IReadOnlyList<IntermediateLayer> StageMaps(Tensor images_BCHW, SubNetwork subNetwork)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        ThrowIfOffGrid(subNetwork);
        using var scope = NewDisposeScope();
        var x_BCHW = Embed(new BackboneInput(images_BCHW));
        var layers = new List<IntermediateLayer>();
        foreach (var (i, stage) in Stages.Index())
        {
            x_BCHW = stage.Slice(subNetwork.Width, subNetwork.Depth.Stages[i]).Run(x_BCHW, (x, block) => block.Forward(x));
            layers.Add(new IntermediateLayer(x_BCHW.alias().MoveToOuterDisposeScope(), x_BCHW.mean([2, 3]).MoveToOuterDisposeScope()));
        }

        return layers;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> LevelWidths(SubNetwork subNetwork)
    {
        ThrowIfOffGrid(subNetwork);
        return [.. Enumerable.Range(0, ResNetArchitecture.StageCount).Select(Architecture.OutChannels)];
    }

    /// <summary>Means over the last map of many sub-networks; they share the stem, and stages as far as their widths and depths agree.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> ClassTokens(Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks) =>
        Shared(images_BCHW, subNetworks, static means => means[^1].alias());

    /// <summary>
    /// Means over some stages' maps, then that over the last once more, since patch tokens have no other mean: as in the authors' linear
    /// evaluation. Sub-networks share as in <see cref="ClassTokens"/>.
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> PooledBlocks(Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks, Func<int, IReadOnlyList<int>> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var places = positions(ResNetArchitecture.StageCount);
        return Shared(images_BCHW, subNetworks, means => cat([.. places.Append(ResNetArchitecture.StageCount - 1).Select(stage => means[stage])], 1));
    }

    private IReadOnlyList<Tensor> Shared(Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks, Func<Tensor[], Tensor> finish)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        ArgumentNullException.ThrowIfNull(subNetworks);
        ArgumentOutOfRangeException.ThrowIfZero(subNetworks.Count);
        foreach (var subNetwork in subNetworks)
        {
            ThrowIfOffGrid(subNetwork);
        }

        using var scope = NewDisposeScope();
        var results = new Dictionary<SubNetwork, Tensor>();
        var x_BCHW = Embed(new BackboneInput(images_BCHW));
        foreach (var sameWidth in subNetworks.Distinct().GroupBy(s => s.Width))
        {
            Visit(x_BCHW, [.. sameWidth], new Tensor[ResNetArchitecture.StageCount], 0, finish, results);
        }

        return [.. subNetworks.Select(s => results[s].alias().MoveToOuterDisposeScope())];
    }

    /// <summary>Runs a stage once for each of its depths, and what follows for the sub-networks of that depth.</summary>
    /// <param name="x_BCHW">The stage's input.</param>
    /// <param name="subNetworks">Of one width, and of equal depths in the stages before.</param>
    /// <param name="means_BD">Means over the maps along the path; written from <paramref name="stage"/> on.</param>
    /// <param name="stage">Index of the stage.</param>
    /// <param name="finish">Makes a sub-network's result of all means.</param>
    /// <param name="results">Takes them; they are the caller's scope's.</param>
    private void Visit(
        Tensor x_BCHW, IReadOnlyList<SubNetwork> subNetworks, Tensor[] means_BD, int stage, Func<Tensor[], Tensor> finish, Dictionary<SubNetwork, Tensor> results)
    {
        foreach (var sameDepth in subNetworks.GroupBy(s => s.Depth.Stages[stage]))
        {
            using var scope = NewDisposeScope();
            var next = Stages[stage].Slice(subNetworks[0].Width, sameDepth.Key).Run(x_BCHW, (x, block) => block.Forward(x));
            means_BD[stage] = next.mean([2, 3]);
            if (stage < ResNetArchitecture.StageCount - 1)
            {
                Visit(next, [.. sameDepth], means_BD, stage + 1, finish, results);
            }
            else
            {
                results.Add(sameDepth.Single(), finish(means_BD));
            }

            foreach (var subNetwork in sameDepth)
            {
                results[subNetwork].MoveToOuterDisposeScope();
            }
        }
    }
}
