using System.Collections.Immutable;
using System.Globalization;
using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Shape of an extracted ResNet: timm's ResNet of bottlenecks with group norm, whose key names it has (<c>bn1</c> is the group norm there, too).</summary>
public sealed record PlainResNetConfiguration : PlainStageConfiguration
{
    private const int StemKernel = 7;
    private const int MiddleKernel = 3;

    /// <summary>Channels of the stem.</summary>
    public required int StemChannels { get; init; }

    /// <summary>Middle channels of the bottlenecks of the first stage; each stage has twice those of the one before.</summary>
    public required int MidChannels { get; init; }

    /// <summary>Channels of the first stage's output; each stage has twice those of the one before.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Groups of every norm.</summary>
    public required int Groups { get; init; }

    /// <summary>Stride of each stage's first block.</summary>
    public required ImmutableArray<int> Strides { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> StageWidths => [.. Enumerable.Range(0, ResNetArchitecture.StageCount).Select(stage => OutChannels << stage)];

    /// <inheritdoc/>
    public override IReadOnlyList<int> StageStrides =>
        [.. Enumerable.Range(1, ResNetArchitecture.StageCount).Select(count => Strides.Take(count).Aggregate(ResNetArchitecture.StemStride, (product, stride) => product * stride))];

    /// <inheritdoc/>
    public override int SizeDivisor => 1;

    /// <inheritdoc/>
    public override string Kind => "a plain ResNet with group normalisation";

    /// <inheritdoc/>
    public override int LayerOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var parts = parameter.Split('.');
        return parts[0].StartsWith("layer", StringComparison.Ordinal)
            ? Depths.Take(int.Parse(parts[0].AsSpan("layer".Length), CultureInfo.InvariantCulture) - 1).Sum() + int.Parse(parts[1], CultureInfo.InvariantCulture) + 1
            : 0;
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<KeyValuePair<string, long[]>> Shapes()
    {
        var shapes = new List<KeyValuePair<string, long[]>>();
        Add("conv1.weight", StemChannels, InChannels, StemKernel, StemKernel);
        AddNorm("bn1", StemChannels);
        for (var stage = 0; stage < ResNetArchitecture.StageCount; stage++)
        {
            for (var block = 0; block < Depths[stage]; block++)
            {
                AddBlock($"layer{stage + 1}.{block}", InChannelsOf(stage, block), ResNetArchitecture.MidChannels(MidChannels, stage), StageWidths[stage]);
                if (HasDownsample(stage, block))
                {
                    Add($"layer{stage + 1}.{block}.downsample.0.weight", StageWidths[stage], InChannelsOf(stage, block), 1, 1);
                    AddNorm($"layer{stage + 1}.{block}.downsample.1", StageWidths[stage]);
                }
            }
        }

        return shapes;

        void AddBlock(string block, int channelsIn, int middle, int channelsOut)
        {
            Add($"{block}.conv1.weight", middle, channelsIn, 1, 1);
            AddNorm($"{block}.bn1", middle);
            Add($"{block}.conv2.weight", middle, middle, MiddleKernel, MiddleKernel);
            AddNorm($"{block}.bn2", middle);
            Add($"{block}.conv3.weight", channelsOut, middle, 1, 1);
            AddNorm($"{block}.bn3", channelsOut);
        }

        void AddNorm(string name, int width)
        {
            Add($"{name}.weight", width);
            Add($"{name}.bias", width);
        }

        void Add(string name, params long[] shape) => shapes.Add(KeyValuePair.Create(name, shape));
    }

    /// <inheritdoc/>
    internal override BackboneOutput Forward(IReadOnlyDictionary<string, Tensor> weights, Tensor images_BCHW)
    {
        using var scope = NewDisposeScope();
        return ResNetOutput.Of(StageMaps(weights, images_BCHW)[^1], upSampling: 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<Tensor> StageMaps(IReadOnlyDictionary<string, Tensor> weights, Tensor images_BCHW, Func<int, int, KeptSamples>? kept = null)
    {
        using var scope = NewDisposeScope();
        var x_BCHW = new StemWeights(weights["conv1.weight"], Norm("bn1")).Forward(images_BCHW);
        var maps = new List<Tensor>();
        for (var stage = 0; stage < ResNetArchitecture.StageCount; stage++)
        {
            x_BCHW = Enumerable.Range(0, Depths[stage]).Run(x_BCHW, (x, block) => Block(stage, block).Forward(x));
            maps.Add(x_BCHW);
        }

        maps.ForEach(map => map.MoveToOuterDisposeScope());
        return maps;

        BottleneckWeights Block(int stage, int block)
        {
            var name = $"layer{stage + 1}.{block}";
            return new BottleneckWeights(
                weights[$"{name}.conv1.weight"],
                Norm($"{name}.bn1"),
                weights[$"{name}.conv2.weight"],
                Norm($"{name}.bn2"),
                weights[$"{name}.conv3.weight"],
                Norm($"{name}.bn3"),
                block == 0 ? Strides[stage] : 1,
                HasDownsample(stage, block) ? new DownsampleWeights(weights[$"{name}.downsample.0.weight"], Norm($"{name}.downsample.1")) : null);
        }

        GroupNormWeights Norm(string name) => new(weights[$"{name}.weight"], weights[$"{name}.bias"], Groups);
    }

    private int InChannelsOf(int stage, int block) => block > 0 ? StageWidths[stage] : stage == 0 ? StemChannels : StageWidths[stage - 1];

    private bool HasDownsample(int stage, int block) => block == 0 && (Strides[stage] != 1 || InChannelsOf(stage, 0) != StageWidths[stage]);
}
