using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Heads;

public sealed class MultiPrototypeHeadTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, new[] { "mlp0.linear.weight", "mlp0.linear.bias" })]
    [InlineData(0, new[] { "mlp0.linear.weight", "mlp0.linear.bias" })]
    [InlineData(2, new[] { "mlp0.0.linear.weight", "mlp0.0.linear.bias", "mlp0.2.weight", "mlp0.2.bias" })]
    [InlineData(4, new[] { "mlp0.0.linear.weight", "mlp0.0.linear.bias", "mlp0.2.weight", "mlp0.2.bias", "mlp0.4.weight", "mlp0.4.bias", "mlp0.6.weight", "mlp0.6.bias" })]
    public void Parameters_AnyNumberOfLayers_HaveTheReferencesNames(int layers, string[] names)
    {
        using var head = new MultiPrototypeHead(12, [5], hidden: 7, bottleneck: 4, layers, seed: 1);

        Assert.Equal([.. names, "last_layer0.weight_g", "last_layer0.weight_v"], StateDictionary.Of(head).Select(s => s.Key));
        Assert.Equal([3, 5], head.Forward(Networks.Random(1, 3, 8))[0].shape);
    }

    [Fact]
    public void Forward_Scores_AreCosinesTimesTheGain()
    {
        using var head = new MultiPrototypeHead(6, [4], hidden: 7, bottleneck: 3, layers: 1, seed: 1);
        Networks.Perturb(head, 2);
        var state = Networks.StateOf(head);
        var x = Networks.Random(3, 5, 4);

        var actual = head.Forward(x)[0];

        var features = (x * (6.0 / 4)).matmul(state["mlp0.linear.weight"][.., ..4].t()) + state["mlp0.linear.bias"];
        var prototypes = state["last_layer0.weight_v"];
        var cosines = features.matmul(prototypes.t()) / (features.norm(1, keepdim: true) * prototypes.norm(1));
        GoldenTensors.AssertClose(cosines * state["last_layer0.weight_g"].t(), actual, 1e-6, 1e-5, "scores");
    }

    [Fact]
    public void Constructor_AnotherModuleNumber_GivesOtherWeights()
    {
        using var first = new MultiPrototypeHead(6, [4], 7, 3, 3, seed: 1);
        using var second = new MultiPrototypeHead(6, [4], 7, 3, 3, seed: 1, module: 1);

        Assert.NotEqual(0, Networks.MaxDeviation(Networks.StateOf(first)["mlp0.2.weight"], Networks.StateOf(second)["mlp0.2.weight"]));
        Assert.Equal(1, Networks.StateOf(first)["last_layer0.weight_g"].min().item<float>());
    }

    [Fact]
    public void Forward_FeaturesTooWide_SaysWhatIsWanted()
    {
        using var head = new MultiPrototypeHead(6, [4], 7, 3, 3, seed: 1);

        Assert.Contains("1..6", Assert.Throws<ArgumentException>(() => head.Forward(zeros(2, 7))).Message, StringComparison.Ordinal);
    }
}
