using Poa.Elastic;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Vit;

public sealed class ElasticViTTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Constructor_SameSeed_GivesTheSameWeightsAndAnotherSeedOthers()
    {
        using var first = new ElasticViT(Networks.Tiny, seed: 5);
        using var second = new ElasticViT(Networks.Tiny, seed: 5);
        using var other = new ElasticViT(Networks.Tiny, seed: 6);

        var weights = Networks.StateOf(second);
        Assert.All(StateDictionary.Of(first), w => Assert.True(w.Value.bytes.SequenceEqual(weights[w.Key].bytes), w.Key));
        Assert.NotEqual(0, Networks.MaxDeviation(Networks.StateOf(first)["pos_embed"], Networks.StateOf(other)["pos_embed"]));
    }

    [Fact]
    public void Constructor_FreshWeights_FollowTheReferencesDistributions()
    {
        using var network = new ElasticViT(Networks.Tiny with { MaxEmbedDim = 64, LayerScale = 1e-5 }, seed: 1);
        var state = Networks.StateOf(network);

        Assert.InRange(state["blocks.0.attn.qkv.linear.weight"].std().item<float>(), 0.0195f, 0.0205f);
        Assert.InRange(state["pos_embed"].std().item<float>(), 0.018f, 0.022f);
        Assert.InRange(state["cls_token"].abs().max().item<float>(), 1e-7f, 5e-6f);
        // Uniform up to 1 / sqrt(fan-in of 3 * 4 * 4).
        Assert.InRange(state["patch_embed.proj.weight"].abs().max().item<float>(), 0.14f, 0.1444f);
        Assert.Equal(0, state["mask_token"].abs().max().item<float>());
        Assert.Equal(0, state["blocks.4.mlp.fc2.linear.bias"].abs().max().item<float>());
        Assert.Equal(1, state["norm.norm.weight"].min().item<float>());
        Assert.Equal(1e-5f, state["blocks.2.ls1.gamma"].max().item<float>());
    }

    [Fact]
    public void Forward_Gradient_StaysWithinTheSubNetwork()
    {
        using var network = Networks.Create(Networks.Tiny);
        var output = network.Forward(Networks.Random(2, 2, 3, 16, 16), new(12, 2));

        output.ClassToken.square().sum().backward();

        var state = Networks.StateOf(network);
        // Blocks 0 and 4 of 5; of each of q, k and v the first 12 of 24 rows, and the first 12 columns.
        var gradient = state["blocks.0.attn.qkv.linear.weight"].grad!.view(3, 24, 24);
        Assert.Equal(0, gradient.narrow(1, 12, 12).abs().max().item<float>());
        Assert.Equal(0, gradient.narrow(2, 12, 12).abs().max().item<float>());
        Assert.True(gradient.narrow(1, 0, 12).narrow(2, 0, 12).abs().min().item<float>() > 0);
        Assert.Null(state["blocks.2.attn.qkv.linear.weight"].grad);
        Assert.Null(state["mask_token"].grad);
    }

    [Fact]
    public void Forward_SwiGlu_IsTheFormulaWrittenOut()
    {
        var architecture = Networks.Tiny with { FeedForward = FeedForward.SwiGlu };
        using var network = Networks.Create(architecture);
        var state = Networks.StateOf(network);
        var weights = network.SliceBlock(1, 8);
        var x = Networks.Random(4, 6, 8);

        var actual = weights.FeedForwardBranch(x);

        var (max, hidden) = (architecture.MaxHiddenDim, architecture.HiddenDim(8));
        var normed = nn.functional.layer_norm(x, [8], state["blocks.1.norm2.norm.weight"][..8], state["blocks.1.norm2.norm.bias"][..8], 1e-6) * (24.0 / 8);
        var (w12, b12) = (state["blocks.1.mlp.w12.linear.weight"], state["blocks.1.mlp.w12.linear.bias"]);
        var gate = normed.matmul(w12[..hidden, ..8].t()) + b12[..hidden];
        var value = normed.matmul(w12[max..(max + hidden), ..8].t()) + b12[max..(max + hidden)];
        var product = gate / (1 + (-gate).exp()) * value * ((double)max / hidden);
        var expected = (product.matmul(state["blocks.1.mlp.w3.linear.weight"][..8, ..hidden].t()) + state["blocks.1.mlp.w3.linear.bias"][..8])
            * state["blocks.1.ls2.gamma"][..8];
        GoldenTensors.AssertClose(expected, actual, 1e-5, 1e-5, "SwiGLU");
    }

    [Fact]
    public void ClassTokens_EveryCell_EqualSeparatePasses()
    {
        using var network = Networks.Create(Networks.Tiny with { MaxDepth = 7 });
        var images = Networks.Random(3, 2, 3, 16, 16);

        var shared = network.ClassTokens(images, network.Grid.SubNetworks);

        for (var i = 0; i < shared.Count; i++)
        {
            var apart = network.Forward(images, network.Grid.SubNetworks[i]).ClassToken;
            GoldenTensors.AssertClose(apart, shared[i], 1e-5, 1e-5, network.Grid.SubNetworks[i].ToString());
        }
    }

    [Fact]
    public async Task Forward_TwoSubNetworksFromTwoThreads_EachGetsItsOwn()
    {
        using var network = Networks.Create(Networks.Tiny);
        var images = Networks.Random(3, 2, 3, 16, 16);
        SubNetwork[] subNetworks = [new(8, 2), new(24, 5)];
        var expected = subNetworks.Select(s => network.Forward(images, s).ClassToken).ToArray();

        var deviations = await Task.WhenAll(subNetworks.Select((s, i) => Task.Run(() => Enumerable.Range(0, 20).Max(_ =>
        {
            using var scope = NewDisposeScope();
            return Networks.MaxDeviation(expected[i], network.Forward(images, s).ClassToken);
        }))));

        Assert.Equal([0, 0], deviations);
    }

    [Fact]
    public void Forward_TwentySteps_LeavesNoTensorsBehind()
    {
        using var network = Networks.Create(Networks.Tiny with { DropPathRate = 0.3 });
        var images = Networks.Random(3, 4, 3, 16, 16);
        var small = Networks.Random(4, 8, 3, 8, 8);
        var masks = Networks.Random(5, 4, 16) > 0;
        void Step(int i)
        {
            using var scope = NewDisposeScope();
            var outputs = network.Forward([new(images, masks), new(small)], new(12, 3), new DropPathPlan(network.Architecture, 1, i));
            (outputs[0].PatchTokens.sum() + outputs[1].ClassToken.sum()).backward();
            network.ClassTokens(images, network.Grid.SubNetworks);
            network.IntermediateLayers(images, new(12, 3), 1);
        }

        Step(0);
        Step(1);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 2; i < 22; i++)
        {
            Step(i);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Forward_SubNetworkOffTheGrid_ListsTheLegalOnes()
    {
        using var network = new ElasticViT(Networks.Tiny, 1);

        var error = Assert.Throws<ArgumentException>(() => network.Forward(zeros(1, 3, 16, 16), new(24, 6)));

        Assert.Contains("24x6", error.Message, StringComparison.Ordinal);
        Assert.Contains("depths 2, 3, 4, 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_ImagesOrMasksThatDoNotFit_SaysWhatIsWanted()
    {
        using var network = new ElasticViT(Networks.Tiny, 1);
        var cell = network.Grid.Smallest;

        Assert.Contains("patches of 4", Assert.Throws<ArgumentException>(() => network.Forward(zeros(1, 3, 16, 18), cell)).Message, StringComparison.Ordinal);
        Assert.Contains("[B, 3, H, W]", Assert.Throws<ArgumentException>(() => network.Forward(zeros(1, 1, 16, 16), cell)).Message, StringComparison.Ordinal);
        Assert.Contains("Bool [1, 16]", Assert.Throws<ArgumentException>(() => network.Forward(zeros(1, 3, 16, 16), cell, zeros(1, 15) > 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ElasticViT(Networks.Tiny with { ImageSize = 15 }, 1));
    }

    [Theory]
    [InlineData(5, 4)]
    [InlineData(5, 2)]
    [InlineData(4, 3)]
    public void IntermediatePositions_DepthTooSmall_Throws(int depth, int count) =>
        Assert.Throws<ArgumentException>(() => ElasticViT.IntermediatePositions(depth, count));

    [Fact]
    public void IntermediatePositions_TwelveBlocks_AreTheReferences() => Assert.Equal([3, 6, 9, 11], ElasticViT.IntermediatePositions(12, 4));
}
