using Poa.Training.Losses;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Losses;

public sealed class TargetEntropyTests
{
    [Fact]
    public void Of_EvenDecidedAndMixedTargets_LiesBetweenOneAndZero()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(1, TargetEntropy.Of(full(3, 8, 1f / 8)).item<float>(), 1e-6);
        Assert.Equal(0, TargetEntropy.Of(eye(8)).item<float>());
        Assert.Equal(2.0 / 3, TargetEntropy.Of(cat([full(2, 8, 1f / 8), eye(8)[..1]], 0)).item<float>(), 1e-6);
    }
}
