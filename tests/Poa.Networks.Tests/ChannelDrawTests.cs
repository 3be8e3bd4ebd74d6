using Poa.Elastic;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests;

/// <summary>Drawn channels: layers that share an axis take the same, and a gradient reaches these and no others.</summary>
public sealed class ChannelDrawTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Families => ["vit", "swin", "resnet"];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void Forward_IntactNetwork_TakesAllChannelsAsTheyStand(string family)
    {
        using var noGrad = no_grad();
        using var network = Create(family);
        var images = Images(family);

        Assert.True(Run(network, images, network.Grid.Intact, new ChannelDraw(1, 2, 3)).equal(Run(network, images, network.Grid.Intact, null)).all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Forward_NarrowerNetwork_IsAFunctionOfSeedIterationAndBranch(string family)
    {
        using var noGrad = no_grad();
        using var network = Create(family);
        var images = Images(family);
        Tensor Output(ChannelDraw? draw) => Run(network, images, network.Grid.Smallest, draw);
        var drawn = Output(new ChannelDraw(1, 2, 3));

        Assert.Equal(Output(null).shape, drawn.shape);
        Assert.True(drawn.equal(Output(new ChannelDraw(1, 2, 3))).all().item<bool>());
        Assert.All(
            (ChannelDraw?[])[null, new(2, 2, 3), new(1, 3, 3), new(1, 2, 4)],
            other => Assert.True(Networks.MaxDeviation(drawn, Output(other)) > 1e-4));
    }

    [Fact]
    public void Backward_ViT_ReachesTheSameChannelsOfTheStreamEverywhere()
    {
        using var network = Create("vit");
        var cell = network.Grid.Smallest;
        var draw = new ChannelDraw(5, 6, 7);
        int[] stream = [.. network.FeatureChannels(cell, draw).Drawn!];
        var touched = Touched(network, cell, draw);

        Assert.Equal(cell.Width, stream.Length);
        foreach (var (name, dimension) in new[] { ("pos_embed", 2), ("cls_token", 2), ("norm.norm.weight", 0), ("patch_embed.proj.weight", 0), ("blocks.0.norm1.norm.weight", 0), ("blocks.0.attn.qkv.linear.weight", 1), ("blocks.0.attn.proj.linear.weight", 0), ("blocks.0.mlp.fc1.linear.weight", 1), ("blocks.4.mlp.fc2.linear.weight", 0), ("blocks.4.ls2.gamma", 0) })
        {
            Assert.Equal(stream, touched(name, dimension));
        }

        // Whole heads of a block; the hidden channels of its two layers are the same.
        var heads = touched("blocks.0.attn.proj.linear.weight", 1);
        Assert.Equal(cell.Width, heads.Length);
        Assert.All(heads.Chunk(Networks.Tiny.HeadDim), head => Assert.Equal(Enumerable.Range(head[0] / Networks.Tiny.HeadDim * Networks.Tiny.HeadDim, Networks.Tiny.HeadDim), head));
        Assert.Equal(touched("blocks.0.mlp.fc1.linear.weight", 0), touched("blocks.0.mlp.fc2.linear.weight", 1));
    }

    [Fact]
    public void Backward_Swin_ReachesTheSameChannelsOfAStage()
    {
        using var network = Create("swin");
        var cell = network.Grid.Smallest;
        var draw = new ChannelDraw(5, 6, 7);
        int[] last = [.. network.FeatureChannels(cell, draw).Drawn!];
        var touched = Touched(network, cell, draw);

        foreach (var (name, dimension) in new[] { ("norm3.norm.weight", 0), ("stages.3.blocks.0.norm1.norm.weight", 0), ("stages.3.blocks.1.ffn.fc2.linear.weight", 0), ("stages.2.downsample.reduction.linear.weight", 0) })
        {
            Assert.Equal(last, touched(name, dimension));
        }

        // Four neighbours with the channels of the stage before.
        var stage2 = touched("stages.2.blocks.0.norm2.norm.weight", 0);
        Assert.Equal(Enumerable.Range(0, 4).SelectMany(neighbour => stage2.Select(channel => (neighbour * 64) + channel)), touched("stages.2.downsample.norm.norm.weight", 0));
        Assert.Equal(stage2, touched("stages.2.blocks.0.attn.w_msa.qkv.linear.weight", 1));
        var heads = touched("stages.2.blocks.0.attn.w_msa.relative_position_bias_table", 1);
        Assert.Equal(heads.SelectMany(head => Enumerable.Range(head * 4, 4)), touched("stages.2.blocks.0.attn.w_msa.proj.linear.weight", 1));
    }

    [Fact]
    public void Backward_ResNet_ReachesTheSameMiddleChannelsOfABlock()
    {
        using var network = Create("resnet");
        var cell = network.Grid.Smallest;
        var draw = new ChannelDraw(5, 6, 7);
        var touched = Touched(network, cell, draw);

        Assert.Null(network.FeatureChannels(cell, draw).Drawn);
        foreach (var (stage, before) in new[] { (0, 0), (2, 4), (3, 7) }) // first blocks, and how many blocks come before
        {
            var block = $"layer{stage + 1}.layers.0";
            var (middle, max) = (cell.Width << stage, 8 << stage);
            AssertWithin(ChannelDraw.Take(draw, 2 * before, max, middle), touched($"{block}.conv1.conv.weight", 0), touched($"{block}.norm1.weight", 0), touched($"{block}.conv2.conv.weight", 1));
            AssertWithin(ChannelDraw.Take(draw, (2 * before) + 1, max, middle), touched($"{block}.conv2.conv.weight", 0), touched($"{block}.norm2.weight", 0), touched($"{block}.conv3.conv.weight", 1));
        }

        // Some channels end in a ReLU's zero and have no gradient.
        static void AssertWithin(Channels drawn, params int[][] touched) => Assert.All(touched, indices =>
        {
            Assert.NotEmpty(indices);
            Assert.Empty(indices.Except(drawn.Drawn!));
        });
    }

    private static ElasticBackbone Create(string family) => family == "vit" ? Networks.Create(Networks.Tiny) : StageNetworks.Create(family);

    private static Tensor Images(string family) => family == "vit" ? Networks.Random(3, 2, 3, 16, 16) : Networks.Random(3, 2, 3, 32, 32);

    private static Tensor Run(ElasticBackbone network, Tensor images, SubNetwork cell, ChannelDraw? draw) => network.Forward([new BackboneInput(images)], cell, draw: draw)[0].ClassToken;

    /// <summary>Indices, along a dimension of a parameter, that a gradient reaches.</summary>
    private static Func<string, int, int[]> Touched(ElasticBackbone network, SubNetwork cell, ChannelDraw draw)
    {
        var family = network is ElasticViT ? "vit" : "stage";
        var output = Run(network, Images(family), cell, draw);
        (output * Networks.Random(9, output.shape)).sum().backward();
        var parameters = Networks.StateOf(network);
        return (name, dimension) =>
        {
            var gradient = parameters[name].grad!.abs().transpose(0, dimension);
            gradient = gradient.reshape(gradient.shape[0], -1).sum(new long[] { 1 });
            return [.. gradient.data<float>().ToArray().Index().Where(entry => entry.Item > 0).Select(entry => entry.Index)];
        };
    }
}
