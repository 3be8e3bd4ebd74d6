using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.State;

public sealed class StateDictionaryTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Of_ElasticViT_HasTheReferencesNamesAndShapes()
    {
        using var network = new ElasticViT(Networks.Tiny, 1);

        var state = StateDictionary.Of(network);

        Assert.Equal(ElasticShapes.Of(Networks.Tiny).Select(s => s.Key), state.Select(s => s.Key));
        Assert.All(ElasticShapes.Of(Networks.Tiny).Zip(state), pair => Assert.Equal(pair.First.Value, pair.Second.Value.shape));
    }

    [Fact]
    public void Load_WeightsOfAnother_MakesTheNetworksEqual()
    {
        using var from = Networks.Create(Networks.Tiny);
        using var to = new ElasticViT(Networks.Tiny, 2);

        StateDictionary.Load(to, Networks.StateOf(from), "from");

        var images = Networks.Random(1, 2, 3, 16, 16);
        Assert.Equal(0, Networks.MaxDeviation(from.Forward(images, new(12, 3)).Prenorm, to.Forward(images, new(12, 3)).Prenorm));
        Assert.All(to.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void Load_SeveralFaults_NamesThemAllAndLoadsNothing()
    {
        using var network = new ElasticViT(Networks.Tiny, 2);
        var before = network.cls_token.clone();
        var weights = Networks.StateOf(network).ToDictionary(s => s.Key, s => ones_like(s.Value));
        weights.Remove("mask_token");
        weights.Remove("norm.norm.bias");
        weights["surplus"] = ones(1);
        weights["pos_embed"] = ones(1, 18, 24);
        weights["norm.norm.weight"] = ones(24).to(ScalarType.Int64);

        var error = Assert.Throws<WeightMismatchException>(() => StateDictionary.Load(network, weights, "teacher.safetensors"));

        Assert.Equal(["mask_token", "norm.norm.bias"], error.Missing);
        Assert.Equal(["surplus"], error.Unexpected);
        Assert.Equal(2, error.Misshaped.Count);
        foreach (var text in (string[])["teacher.safetensors", "mask_token", "norm.norm.bias", "surplus", "[1, 18, 24]", "[1, 17, 24]", "Int64"])
        {
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, Networks.MaxDeviation(before, network.cls_token));
    }
}
