using Poa.Evaluation.Attention;

namespace Poa.Evaluation.Tests.Attention;

public sealed class AttentionFocusTests
{
    [Theory]
    [InlineData(new[] { 0.1f, 0.7f, 0.1f, 0.1f }, 0.6, 0.25)]
    [InlineData(new[] { 0.25f, 0.25f, 0.25f, 0.25f }, 0.6, 0.75)]
    [InlineData(new[] { 0.25f, 0.25f, 0.25f, 0.25f }, 0.5, 0.5)]
    [InlineData(new[] { 2f, 1f, 1f }, 0.75, 2 / 3.0)]
    [InlineData(new[] { 0.5f, 0.5f }, 1.0, 1.0)]
    [InlineData(new[] { 3f }, 0.6, 1.0)]
    public void ShareHolding_Weights_IsTheSmallestSetThatHoldsTheMass(float[] weights, double mass, double expected) =>
        Assert.Equal(expected, AttentionFocus.ShareHolding(weights, mass), 1e-12);

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.1)]
    public void ShareHolding_MassOutOfRange_IsRefused(double mass) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AttentionFocus.ShareHolding([1, 2], mass));

    [Fact]
    public void ShareHolding_NoPatches_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => AttentionFocus.ShareHolding([]));
}
