using Poa.Elastic;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>Parameters of one stage of the intact network.</summary>
internal sealed class SwinStage : Module
{
    internal readonly ModuleList<SwinBlock> blocks;
    internal readonly SwinMerging? downsample;

    private readonly SwinArchitecture _architecture;
    private readonly int _stage;

    internal SwinStage(SwinArchitecture architecture, int stage, Initialisation initialisation)
        : base(nameof(SwinStage))
    {
        (_architecture, _stage) = (architecture, stage);
        blocks = new ModuleList<SwinBlock>([.. Enumerable.Range(0, architecture.MaxDepths[stage]).Select(_ => new SwinBlock(architecture, stage, initialisation))]);
        if (stage < SwinArchitecture.StageCount - 1)
        {
            downsample = new SwinMerging(SwinArchitecture.StageWidth(architecture.MaxEmbedDim, stage), initialisation, architecture.AlphaScaling);
        }

        RegisterComponents();
    }

    /// <summary>The blocks of a sub-network. Which of them are shifted goes by their place in the intact network.</summary>
    /// <param name="stream">Channels of the residual stream.</param>
    /// <param name="subNetwork">The sub-network.</param>
    /// <param name="positions_NN">Places in the tables of relative positions.</param>
    /// <param name="draw">Chooses heads and hidden channels; null for the leading ones.</param>
    internal IReadOnlyList<SwinBlockWeights> Slice(Channels stream, SubNetwork subNetwork, Tensor positions_NN, ChannelDraw? draw = null)
    {
        var before = _architecture.BlocksBefore(_stage);
        return
        [
            .. _architecture.KeptBlocks(_stage, subNetwork.Depth).Select(block =>
                blocks[block].Slice(stream, subNetwork.Width, before + block, block % 2 == 0 ? 0 : _architecture.WindowSize / 2, positions_NN, draw)),
        ];
    }
}

/// <summary>Parameters of one block of the intact network.</summary>
internal sealed class SwinBlock : Module
{
    internal readonly ElasticLayerNorm norm1;
    internal readonly SwinAttention attn;
    internal readonly ElasticLayerNorm norm2;
    internal readonly SwinFeedForward ffn;

    private readonly SwinArchitecture _architecture;
    private readonly int _stage;

    internal SwinBlock(SwinArchitecture architecture, int stage, Initialisation initialisation)
        : base(nameof(SwinBlock))
    {
        (_architecture, _stage) = (architecture, stage);
        var max = SwinArchitecture.StageWidth(architecture.MaxEmbedDim, stage);
        norm1 = new ElasticLayerNorm(max, initialisation, SwinArchitecture.LayerNormEpsilon);
        attn = new SwinAttention(architecture, max, initialisation);
        norm2 = new ElasticLayerNorm(max, initialisation, SwinArchitecture.LayerNormEpsilon);
        ffn = new SwinFeedForward(max, SwinArchitecture.MlpRatio * max, initialisation, architecture.AlphaScaling);
        RegisterComponents();
    }

    /// <summary>The block of a sub-network.</summary>
    /// <param name="stream">Channels of the residual stream.</param>
    /// <param name="firstWidth">Width of the sub-network's first stage.</param>
    /// <param name="index">Number of the block through all stages of the intact network.</param>
    /// <param name="shift">Shift of its windows.</param>
    /// <param name="positions_NN">Places in the table of relative positions.</param>
    /// <param name="draw">Chooses heads and hidden channels; null for the leading ones.</param>
    internal SwinBlockWeights Slice(Channels stream, int firstWidth, int index, int shift, Tensor positions_NN, ChannelDraw? draw)
    {
        var (max, headDim) = (SwinArchitecture.StageWidth(_architecture.MaxEmbedDim, _stage), _architecture.HeadDim);
        var axis = SwinArchitecture.StageCount + (2 * index);
        var heads = ChannelDraw.Take(draw, axis, max / headDim, stream.Count / headDim);
        var hidden = ChannelDraw.Take(draw, axis + 1, SwinArchitecture.MlpRatio * max, _architecture.HiddenDim(firstWidth, _stage));
        var attended = heads.OfHeads(headDim);
        return new SwinBlockWeights(
            index,
            headDim,
            shift,
            norm1.Slice(stream),
            attn.w_msa.qkv.Slice(stream, attended),
            RelativePositions.Of(heads.Of(attn.w_msa.relative_position_bias_table, 1), positions_NN),
            attn.w_msa.proj.Slice(attended, stream),
            norm2.Slice(stream),
            ffn.fc1.Slice(stream, hidden),
            ffn.fc2.Slice(hidden, stream));
    }
}

/// <summary>A level of the reference's state-dict names.</summary>
internal sealed class SwinAttention : Module
{
    internal readonly WindowAttention w_msa;

    internal SwinAttention(SwinArchitecture architecture, int max, Initialisation initialisation)
        : base(nameof(SwinAttention))
    {
        w_msa = new WindowAttention(architecture, max, initialisation);
        RegisterComponents();
    }
}

/// <summary>Parameters of attention within windows: head_dim is the same at every width, so a narrower network has fewer heads, the first ones.</summary>
internal sealed class WindowAttention : Module
{
    internal readonly Parameter relative_position_bias_table;
    internal readonly ElasticLinear qkv;
    internal readonly ElasticLinear proj;

    internal WindowAttention(SwinArchitecture architecture, int max, Initialisation initialisation)
        : base(nameof(WindowAttention))
    {
        relative_position_bias_table = initialisation.Constant(0, RelativePositions.TableLength(architecture.WindowSize), max / architecture.HeadDim);
        qkv = ElasticLinear.WithDefaultStart(max, max, architecture.QkvBias, initialisation, architecture.AlphaScaling, groups: 3);
        proj = ElasticLinear.WithDefaultStart(max, max, bias: true, initialisation, architecture.AlphaScaling);
        RegisterComponents();
    }
}

/// <summary>Parameters of a feed-forward half.</summary>
internal sealed class SwinFeedForward : Module
{
    internal readonly ElasticLinear fc1;
    internal readonly ElasticLinear fc2;

    internal SwinFeedForward(int max, int maxHidden, Initialisation initialisation, bool isScaled)
        : base(nameof(SwinFeedForward))
    {
        fc1 = ElasticLinear.WithDefaultStart(max, maxHidden, bias: true, initialisation, isScaled);
        fc2 = ElasticLinear.WithDefaultStart(maxHidden, max, bias: true, initialisation, isScaled);
        RegisterComponents();
    }
}

/// <summary>Parameters of patch merging: four groups of channels, of each of which the leading ones are taken.</summary>
internal sealed class SwinMerging : Module
{
    internal const int Neighbours = 4;

    internal readonly ElasticLayerNorm norm;
    internal readonly MergingReduction reduction;

    private readonly int _max;
    private readonly bool _isScaled;

    internal SwinMerging(int max, Initialisation initialisation, bool isScaled)
        : base(nameof(SwinMerging))
    {
        (_max, _isScaled) = (max, isScaled);
        norm = new ElasticLayerNorm(Neighbours * max, initialisation);
        reduction = new MergingReduction(Neighbours * max, 2 * max, initialisation);
        RegisterComponents();
    }

    /// <summary>The merging of a stage.</summary>
    /// <param name="channels">Channels of the stage.</param>
    /// <param name="next">Twice as many of the next one.</param>
    internal MergingWeights Slice(Channels channels, Channels next)
    {
        var weight = channels.Of(next.Of(reduction.linear.weight, 0).view(next.Count, Neighbours, _max), 2).reshape(next.Count, Neighbours * channels.Count);
        var alpha = ElasticWidth.Alpha(_max, channels.Count, _isScaled);
        return new MergingWeights(
            new NormWeights(OfEach(norm.norm.weight, channels), OfEach(norm.norm.bias, channels), SwinArchitecture.LayerNormEpsilon),
            new LinearWeights(alpha == 1 ? weight : weight.Times(alpha), null));
    }

    private Tensor OfEach(Tensor vector, Channels channels) => channels.Of(vector.view(Neighbours, _max), 1).reshape(-1);
}

/// <summary>A level of the reference's state-dict names.</summary>
internal sealed class MergingReduction : Module
{
    internal readonly LinearParameters linear;

    internal MergingReduction(int maxIn, int maxOut, Initialisation initialisation)
        : base(nameof(MergingReduction))
    {
        linear = new LinearParameters(initialisation.FanInUniform(maxIn, maxOut, maxIn), null);
        RegisterComponents();
    }
}
