using Poa.Elastic;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests;

/// <summary>student.alpha_scaling changes the elastic layers of narrower networks, and extraction follows it.</summary>
public sealed class AlphaScalingTests : IDisposable
{
    private static readonly Dictionary<string, (Func<bool, ElasticBackbone> Create, string Layer, string Plain, int Size)> Families = new()
    {
        ["vit"] = (isScaled => Networks.Create(Networks.Tiny with { AlphaScaling = isScaled }), "blocks.0.mlp.fc1.linear.weight", "blocks.0.mlp.fc1.weight", 16),
        ["swiglu"] = (
            isScaled => Networks.Create(Networks.Tiny with { AlphaScaling = isScaled, FeedForward = FeedForward.SwiGlu }), "blocks.0.attn.proj.linear.weight", "blocks.0.attn.proj.weight", 16),
        ["swin"] = (
            isScaled => StageNetworks.Create(StageNetworks.Swin with { AlphaScaling = isScaled }), "stages.0.blocks.0.ffn.fc2.linear.weight", "layers.0.blocks.0.mlp.fc2.weight", 32),
        ["resnet"] = (isScaled => StageNetworks.Create(StageNetworks.ResNet with { AlphaScaling = isScaled }), "layer1.layers.0.conv2.conv.weight", "layer1.0.conv2.weight", 32),
    };

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Names => [.. Families.Keys];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_Off_ChangesNarrowerNetworksOnly(string family)
    {
        using var noGrad = no_grad();
        var (create, _, _, size) = Families[family];
        using var with = create(true);
        using var without = create(false);
        var images = Networks.Random(3, 2, 3, size, size);

        foreach (var cell in with.Grid.SubNetworks)
        {
            var isEqual = with.Forward(images, cell).ClassToken.equal(without.Forward(images, cell).ClassToken).all().item<bool>();

            Assert.Equal(cell.Width == with.Grid.Intact.Width, isEqual);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PlainWeights_Off_AreTheLeadingSlicesAndGiveTheLiveNetworksOutputs(string family)
    {
        using var noGrad = no_grad();
        var (create, layer, plainLayer, size) = Families[family];
        using var network = create(false);
        var images = Networks.Random(3, 2, 3, size, size);
        foreach (var cell in network.Grid.SubNetworks)
        {
            var weights = Extraction.PlainWeights(network, cell);
            using var plain = PlainNetwork.Create(Extraction.Configuration(network, cell), weights, cell.ToString());
            var live = network.Forward(images, cell).ClassToken;

            Assert.True(Networks.MaxDeviation(live, plain.Forward(images).ClassToken) <= 1e-5 * Math.Max(1, live.abs().max().item<float>()), cell.ToString());
            var slice = weights[plainLayer];
            Assert.True(slice.equal(Networks.StateOf(network)[layer].narrow(0, 0, slice.shape[0]).narrow(1, 0, slice.shape[1])).all().item<bool>(), plainLayer);
        }
    }

    // The patch merging of Swin has four groups of inputs and a factor of its own.
    [Fact]
    public void PlainWeights_Off_LeavesSwinsMergingAsItIs()
    {
        using var with = StageNetworks.Create(StageNetworks.Swin);
        using var without = StageNetworks.Create(StageNetworks.Swin with { AlphaScaling = false });
        const string merging = "layers.1.downsample.reduction.weight";

        var (scaled, plain) = (Extraction.PlainWeights(with, with.Grid.Smallest)[merging], Extraction.PlainWeights(without, with.Grid.Smallest)[merging]);

        Assert.Equal(0, Networks.MaxDeviation(scaled, plain.Times(2)));
    }

    [Fact]
    public void Forward_HeadOff_TakesTheLeadingColumnsAsTheyAre()
    {
        using var noGrad = no_grad();
        using var scaled = new MultiPrototypeHead(12, [5], hidden: 7, bottleneck: 4, layers: 3, seed: 1);
        using var unscaled = new MultiPrototypeHead(12, [5], hidden: 7, bottleneck: 4, layers: 3, seed: 1, isScaled: false);
        Networks.Perturb(scaled, 2);
        Networks.Perturb(unscaled, 2);
        var (narrow, full) = (Networks.Random(1, 3, 6), Networks.Random(2, 3, 12));

        Assert.Equal(0, Networks.MaxDeviation(scaled.Forward(full)[0], unscaled.Forward(full)[0]));
        Assert.True(Networks.MaxDeviation(scaled.Forward(narrow)[0], unscaled.Forward(narrow)[0]) > 1e-3);
        // Alpha is 2 here: half of the input undoes it.
        Assert.True(Networks.MaxDeviation(scaled.Forward(narrow.Times(0.5))[0], unscaled.Forward(narrow)[0]) < 1e-6);

        using var extracted = new MultiPrototypeHead(6, [5], hidden: 7, bottleneck: 4, layers: 3, seed: 1);
        var sliced = Extraction.Head(Networks.StateOf(unscaled), 12, 6, isScaled: false);
        foreach (var (name, tensor) in StateDictionary.Of(extracted))
        {
            tensor.copy_(sliced[name]);
        }

        Assert.True(Networks.MaxDeviation(extracted.Forward(narrow)[0], unscaled.Forward(narrow)[0]) < 1e-6);
    }
}
