using Poa.Evaluation.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

public sealed class LossTests
{
    [Fact]
    public void BoxHeadLoss_OnlyBackground_HasABoxLossOfZeroWithAGradient()
    {
        using var scope = NewDisposeScope();
        var (logits, deltas) = (zeros(3, 5).requires_grad_(), ones(3, 16).requires_grad_());
        var boxes = tensor([0f, 0, 4, 4]).expand(3, 4);

        var (classes, boxLoss) = new BoxHeadLoss(new([0.1, 0.1, 0.2, 0.2])).Of(logits, deltas, boxes, full(3, 4L, ScalarType.Int64), boxes);
        (classes + boxLoss).backward();

        Assert.Equal(Math.Log(5), classes.item<float>(), 1e-6);
        Assert.Equal(0, boxLoss.item<float>());
        Assert.Equal(0, deltas.grad!.abs().sum().item<float>());
    }

    [Fact]
    public void Masks_NoSamples_IsZeroWithAGradient()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(0, 3, 4, 4).requires_grad_();

        var loss = DetectionLosses.Masks(logits, zeros(0, ScalarType.Int64), zeros(0, 4, 4));
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.NotNull(logits.grad);
    }

    [Fact]
    public void Classes_WeightsOfZero_DoNotCount()
    {
        using var scope = NewDisposeScope();
        var logits = tensor([3f, 0, 0, 3], [2, 2]);

        var loss = DetectionLosses.Classes(logits, tensor([0L, 0]), tensor([1f, 0]));

        Assert.Equal(Math.Log(1 + Math.Exp(-3)), loss.item<float>(), 1e-6);
    }
}
