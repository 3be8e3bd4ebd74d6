using System.Collections.Immutable;
using System.Globalization;
using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// Shape of an extracted Swin transformer. It is timm's SwinTransformer but for three things, which <c>docs/weights.md</c> shows how to load: the
/// patch embedding has the intact width, since its norm runs over all of it before the leading channels go on; a block's windows are shifted as in
/// its place in the intact network; and stages have norms of their own, for dense tasks.
/// </summary>
public sealed record PlainSwinConfiguration : PlainStageConfiguration
{
    /// <summary>Side of a patch in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Width of the first stage.</summary>
    public required int EmbedDim { get; init; }

    /// <summary>Width of the patch embedding and its norm, of which the leading <see cref="EmbedDim"/> channels go on.</summary>
    public required int PatchEmbedDim { get; init; }

    /// <summary>Channels per attention head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Side of a window in tokens.</summary>
    public required int WindowSize { get; init; }

    /// <summary>Hidden channels of each stage's feed-forward layers.</summary>
    public required ImmutableArray<int> HiddenDims { get; init; }

    /// <summary>For each stage, whether each block's windows are shifted.</summary>
    public required ImmutableArray<ImmutableArray<bool>> Shifted { get; init; }

    /// <summary>Whether qkv has a bias.</summary>
    public bool QkvBias { get; init; } = true;

    /// <inheritdoc/>
    public override IReadOnlyList<int> StageWidths => [.. Enumerable.Range(0, SwinArchitecture.StageCount).Select(stage => SwinArchitecture.StageWidth(EmbedDim, stage))];

    /// <inheritdoc/>
    public override IReadOnlyList<int> StageStrides => [.. Enumerable.Range(0, SwinArchitecture.StageCount).Select(stage => PatchSize << stage)];

    /// <inheritdoc/>
    public override int SizeDivisor => PatchSize;

    /// <inheritdoc/>
    public override string Kind => "a plain Swin transformer";

    /// <inheritdoc/>
    public override int LayerOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var parts = parameter.Split('.');
        if (parts[0] == "patch_embed")
        {
            return 0;
        }

        if (parts[0] != "layers")
        {
            return BlockCount + 1;
        }

        // Merging stands at the head of the stage that it leads to, and belongs to its first block.
        var before = Depths.Take(int.Parse(parts[1], CultureInfo.InvariantCulture)).Sum();
        return parts[2] == "blocks" ? before + int.Parse(parts[3], CultureInfo.InvariantCulture) + 1 : before + 1;
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<KeyValuePair<string, long[]>> Shapes()
    {
        var shapes = new List<KeyValuePair<string, long[]>>();
        Add("patch_embed.proj.weight", PatchEmbedDim, InChannels, PatchSize, PatchSize);
        Add("patch_embed.proj.bias", PatchEmbedDim);
        AddNorm("patch_embed.norm", PatchEmbedDim);
        for (var stage = 0; stage < SwinArchitecture.StageCount; stage++)
        {
            var width = StageWidths[stage];
            if (stage > 0)
            {
                AddNorm($"layers.{stage}.downsample.norm", SwinMerging.Neighbours * StageWidths[stage - 1]);
                Add($"layers.{stage}.downsample.reduction.weight", width, SwinMerging.Neighbours * StageWidths[stage - 1]);
            }

            for (var block = 0; block < Depths[stage]; block++)
            {
                AddBlock($"layers.{stage}.blocks.{block}", width, HiddenDims[stage]);
            }

            AddNorm(NormOf(stage), width);
        }

        return shapes;

        void AddBlock(string block, int width, int hidden)
        {
            AddNorm($"{block}.norm1", width);
            Add($"{block}.attn.relative_position_bias_table", RelativePositions.TableLength(WindowSize), width / HeadDim);
            AddLinear($"{block}.attn.qkv", 3 * width, width, QkvBias);
            AddLinear($"{block}.attn.proj", width, width, bias: true);
            AddNorm($"{block}.norm2", width);
            AddLinear($"{block}.mlp.fc1", hidden, width, bias: true);
            AddLinear($"{block}.mlp.fc2", width, hidden, bias: true);
        }

        void AddNorm(string name, int width)
        {
            Add($"{name}.weight", width);
            Add($"{name}.bias", width);
        }

        void AddLinear(string name, long rows, long columns, bool bias)
        {
            Add($"{name}.weight", rows, columns);
            if (bias)
            {
                Add($"{name}.bias", rows);
            }
        }

        void Add(string name, params long[] shape) => shapes.Add(KeyValuePair.Create(name, shape));
    }

    /// <inheritdoc/>
    internal override BackboneOutput Forward(IReadOnlyDictionary<string, Tensor> weights, Tensor images_BCHW)
    {
        using var scope = NewDisposeScope();
        var network = Bind(weights);
        return network.Output(network.Run(network.Embed(images_BCHW))[^1], upSampling: 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<Tensor> StageMaps(IReadOnlyDictionary<string, Tensor> weights, Tensor images_BCHW, Func<int, int, KeptSamples>? kept = null)
    {
        using var scope = NewDisposeScope();
        var network = Bind(weights);
        return [.. network.Run(network.Embed(images_BCHW), kept).Select((output, stage) => network.Map(stage, output).MoveToOuterDisposeScope())];
    }

    /// <summary>Name of the norm of a stage's output: the last stage's is timm's final norm.</summary>
    internal static string NormOf(int stage) => stage == SwinArchitecture.StageCount - 1 ? "norm" : $"stage_norms.{stage}";

    /// <summary>
    /// Neighbours in timm's order (upper left, lower left, upper right, lower right) from those in the authors' (row by row), and back.
    /// </summary>
    /// <param name="columns">The last dimension: four neighbours, each with all its channels.</param>
    internal static Tensor SwapNeighbours(Tensor columns)
    {
        long[] leading = columns.shape[..^1];
        return columns.view([.. leading, 2, 2, columns.shape[^1] / SwinMerging.Neighbours]).transpose(-3, -2).reshape(columns.shape);
    }

    private SwinWeights Bind(IReadOnlyDictionary<string, Tensor> weights)
    {
        var positions_NN = RelativePositions.Index(WindowSize, weights["patch_embed.proj.bias"].device);
        return new SwinWeights(
            EmbedDim, PatchSize, InChannels, WindowSize, weights["patch_embed.proj.weight"], weights["patch_embed.proj.bias"], Norm("patch_embed.norm"),
            [.. Enumerable.Range(0, SwinArchitecture.StageCount).Select(Stage)]);

        SwinStageWeights Stage(int stage) => new(
            [.. Enumerable.Range(0, Depths[stage]).Select(block => Block(stage, block))],
            Norm(NormOf(stage)),
            stage == SwinArchitecture.StageCount - 1 ? null : Merging($"layers.{stage + 1}.downsample"));

        MergingWeights Merging(string name) => new(
            new NormWeights(SwapNeighbours(weights[$"{name}.norm.weight"]), SwapNeighbours(weights[$"{name}.norm.bias"]), SwinArchitecture.LayerNormEpsilon),
            new LinearWeights(SwapNeighbours(weights[$"{name}.reduction.weight"]), null));

        SwinBlockWeights Block(int stage, int block)
        {
            var name = $"layers.{stage}.blocks.{block}";
            return new SwinBlockWeights(
                Depths.Take(stage).Sum() + block,
                HeadDim,
                Shifted[stage][block] ? WindowSize / 2 : 0,
                Norm($"{name}.norm1"),
                Linear($"{name}.attn.qkv"),
                RelativePositions.Of(weights[$"{name}.attn.relative_position_bias_table"], positions_NN),
                Linear($"{name}.attn.proj"),
                Norm($"{name}.norm2"),
                Linear($"{name}.mlp.fc1"),
                Linear($"{name}.mlp.fc2"));
        }

        NormWeights Norm(string name) => new(weights[$"{name}.weight"], weights[$"{name}.bias"], SwinArchitecture.LayerNormEpsilon);

        LinearWeights Linear(string name) => new(weights[$"{name}.weight"], weights.GetValueOrDefault($"{name}.bias"));
    }
}
