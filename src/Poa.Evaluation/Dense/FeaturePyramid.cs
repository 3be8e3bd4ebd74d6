using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense;

/// <summary>
/// The feature pyramid network (arXiv 1612.03144) as the reference sets it up: lateral 1 x 1 convolutions, a top-down path of nearest
/// neighbours, 3 x 3 convolutions on every level, no norm, no activation. Levels beyond the inputs are every second cell of the one before.
/// </summary>
internal sealed class FeaturePyramid : nn.Module
{
    internal readonly ModuleList<ConvolutionUnit> lateral_convs;
    internal readonly ModuleList<ConvolutionUnit> fpn_convs;

    private readonly int outputs;

    /// <param name="inChannels">Channels of each input map, finest first.</param>
    /// <param name="channels">Channels of every output; 256 in the reference.</param>
    /// <param name="initialisation">Gives the weights (Xavier uniform, biases 0).</param>
    /// <param name="outputs">Levels, at least as many as inputs; 5 in the reference.</param>
    internal FeaturePyramid(IReadOnlyList<int> inChannels, int channels, Initialisation initialisation, int outputs = 5)
        : base(nameof(FeaturePyramid))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, inChannels.Count);
        this.outputs = outputs;
        lateral_convs = new ModuleList<ConvolutionUnit>([.. inChannels.Select(c => Unit(c, 1))]);
        fpn_convs = new ModuleList<ConvolutionUnit>([.. inChannels.Select(_ => Unit(channels, 3))]);
        RegisterComponents();

        ConvolutionUnit Unit(int from, int kernel) =>
            new(from, channels, kernel, initialisation, hasNorm: false, isRectified: false, WeightStart.Xavier);
    }

    /// <param name="maps">One [B, C, h, w] per input, finest first.</param>
    /// <returns>One [B, channels, h, w] per level.</returns>
    internal IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> maps)
    {
        using var scope = NewDisposeScope();
        var merged = maps.Select((map, i) => lateral_convs[i].Forward(map)).ToArray();
        for (var i = merged.Length - 1; i > 0; i--)
        {
            merged[i - 1] = merged[i - 1].Plus(Resizing.Nearest(merged[i], merged[i - 1].shape[2], merged[i - 1].shape[3]));
        }

        var levels = merged.Select((map, i) => fpn_convs[i].Forward(map)).ToList();
        while (levels.Count < outputs)
        {
            levels.Add(nn.functional.max_pool2d(levels[^1], 1, 2));
        }

        return [.. levels.Select(level => level.MoveToOuterDisposeScope())];
    }
}
