using Poa.Training.Losses;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Losses;

public sealed class HeadWeightsTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    /// <summary>Two rows, two heads of four prototypes; entropies are log 4 and 0, log 2 and log 2. The temperature is half of log 4.</summary>
    [Fact]
    public void ByEntropy_SmallCase_IsTheFormulaByHand()
    {
        var first = tensor(new float[,] { { 0.25f, 0.25f, 0.25f, 0.25f }, { 0.5f, 0.5f, 0, 0 } });
        var second = tensor(new float[,] { { 0, 0, 1, 0 }, { 0, 0.5f, 0, 0.5f } });

        var weights = HeadWeights.ByEntropy([first, second], 0.5).data<float>().ToArray();

        var decided = 1 / (1 + Math.Exp(-2)); // entropies over the temperature: 2 and 0
        Assert.Equal(1 - decided, weights[0], 1e-6);
        Assert.Equal(decided, weights[1], 1e-6);
        Assert.Equal(0.5, weights[2], 1e-6);
        Assert.Equal(0.5, weights[3], 1e-6);
    }

    [Fact]
    public void ByEntropy_HeadsOfOtherSizes_CompareSharesOfWhatEachCanHave()
    {
        var weights = HeadWeights.ByEntropy([full(1, 4, 0.25f), full(1, 32, 1 / 32f)], 0.05);

        Assert.All(weights.data<float>().ToArray(), weight => Assert.Equal(0.5, weight, 1e-5));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    public void ByEntropy_AnyTargets_SumsToOneAndFavoursTheDecided(double temperature)
    {
        using var generator = new Generator(3);
        Tensor[] targets = [.. Enumerable.Range(1, 5).Select(sharpness => randn(7, 12, generator: generator).mul_(tensor((float)sharpness)).softmax(1))];

        var weights = HeadWeights.ByEntropy(targets, temperature);

        Assert.True(weights.sum([1L]).sub(ones(7)).abs().max().item<float>() < 1e-6);
        var entropies = stack(targets.Select(target => target.xlogy(target).sum([1L]).neg()), 1);
        Assert.True(weights.argsort(1, descending: true).equal(entropies.argsort(1)).all().item<bool>());
    }

    [Fact]
    public void ByEntropy_OneHead_CountsInFull() => Assert.Equal([1f, 1f], HeadWeights.ByEntropy([eye(2)], 0.05).data<float>().ToArray());

    [Fact]
    public void ByEntropy_TargetsWithAGradient_TakesNone() =>
        Assert.False(HeadWeights.ByEntropy([full(1, 4, 0.25f).requires_grad_(true), full(1, 4, 0.25f)], 0.05).requires_grad);
}
