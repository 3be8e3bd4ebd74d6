using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

public sealed partial class ElasticSwin
{
    /// <summary>The normed output of every stage, for dense tasks, and its mean.</summary>
    /// <param name="images_BCHW">[B, C, H, W]</param>
    /// <param name="subNetwork">A cell of the grid.</param>
    /// <returns>Four, finest first: strides of 1, 2, 4 and 8 patches.</returns>
    public IReadOnlyList<IntermediateLayer> StageMaps(Tensor images_BCHW, SubNetwork subNetwork)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        ThrowIfOffGrid(subNetwork);
        using var scope = NewDisposeScope();
        var weights = Slice(subNetwork);
        return
        [
            .. weights.Run(weights.Embed(images_BCHW)).Select((output, stage) =>
                new IntermediateLayer(weights.Map(stage, output).MoveToOuterDisposeScope(), weights.Pooled(stage, output).MoveToOuterDisposeScope())),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> LevelWidths(SubNetwork subNetwork)
    {
        ThrowIfOffGrid(subNetwork);
        return [.. Enumerable.Range(0, SwinArchitecture.StageCount).Select(stage => SwinArchitecture.StageWidth(subNetwork.Width, stage))];
    }

    /// <summary>Class tokens of many sub-networks; those of one width share the first two stages.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> ClassTokens(Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks) =>
        Shared(images_BCHW, subNetworks, (weights, outputs) => weights.Pooled(SwinArchitecture.StageCount - 1, outputs[^1]));

    /// <summary>
    /// Means of the normed outputs of some stages, then that of the last once more, since patch tokens have no other mean: as in the authors' linear
    /// evaluation. Sub-networks of one width share the first two stages.
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> PooledBlocks(Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks, Func<int, IReadOnlyList<int>> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var places = positions(SwinArchitecture.StageCount);
        return Shared(images_BCHW, subNetworks, (weights, outputs) =>
            cat([.. places.Append(SwinArchitecture.StageCount - 1).Select(stage => weights.Pooled(stage, outputs[stage]))], 1));
    }

    private IReadOnlyList<Tensor> Shared(
        Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks, Func<SwinWeights, IReadOnlyList<Tensor>, Tensor> finish)
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
        foreach (var sameWidth in subNetworks.Distinct().GroupBy(s => s.Width))
        {
            using var widthScope = NewDisposeScope();
            using var windows = new ShiftedWindows(Architecture.WindowSize);
            var first = Slice(sameWidth.First());
            var (outputs, x_BHWD) = Run(first, 0, SwinArchitecture.ElasticStage, first.Embed(images_BCHW), windows);
            foreach (var subNetwork in sameWidth)
            {
                using var ownScope = NewDisposeScope();
                var weights = Slice(subNetwork);
                var (own, _) = Run(weights, SwinArchitecture.ElasticStage, SwinArchitecture.StageCount, x_BHWD, windows);
                // Out of both scopes that end here.
                results.Add(subNetwork, finish(weights, [.. outputs, .. own]).MoveToOuterDisposeScope().MoveToOuterDisposeScope());
            }
        }

        return [.. subNetworks.Select(s => results[s].alias().MoveToOuterDisposeScope())];
    }

    /// <summary>Stages from <paramref name="from"/> to before <paramref name="to"/>: their outputs, and the input of the next.</summary>
    private static (List<Tensor> Outputs, Tensor Next) Run(SwinWeights weights, int from, int to, Tensor x_BHWD, ShiftedWindows windows)
    {
        var outputs = new List<Tensor>();
        for (var stage = from; stage < to; stage++)
        {
            x_BHWD = SwinWeights.Run(weights.Stages[stage], x_BHWD, windows);
            outputs.Add(x_BHWD);
            x_BHWD = weights.Stages[stage].Merging?.Forward(x_BHWD) ?? x_BHWD;
        }

        return (outputs, x_BHWD);
    }
}
