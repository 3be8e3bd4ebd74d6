using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>
/// Linear classifiers that see the same features and differ in their learning rate only: one matrix for all of them, so that a step is
/// two products. Softmax cross-entropy averaged over the batch, SGD with momentum as PyTorch has it (v = momentum * v + g,
/// w = w - rate * v), without weight decay. The gradient is written out: (softmax - target) / B.
/// </summary>
/// <remarks>Shape letters: B images, D features seen, L classifiers, C classes, R = L * C rows.</remarks>
internal sealed class LinearHeadGroup : IDisposable
{
    private const double InitialDeviation = 0.01;

    private readonly Tensor weight_RD;
    private readonly Tensor bias_R;
    private readonly Tensor weightVelocity_RD;
    private readonly Tensor biasVelocity_R;
    private readonly IReadOnlyList<double> rates;
    private readonly double momentum;
    private readonly long classes;

    /// <param name="width">D.</param>
    /// <param name="classes">C.</param>
    /// <param name="rates">Learning rates at the beginning of training, scaled.</param>
    /// <param name="momentum">In [0, 1).</param>
    /// <param name="random">The stream that the initial weights of a classifier are drawn from.</param>
    /// <param name="device">Where to compute.</param>
    public LinearHeadGroup(int width, int classes, IReadOnlyList<double> rates, double momentum, Func<int, RandomStream> random, Device device)
    {
        (this.rates, this.momentum, this.classes) = (rates, momentum, classes);
        var rows = (long)rates.Count * classes;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        weight_RD = InitialWeights(width, random).to(device).DetachFromDisposeScope();
        bias_R = zeros(rows, device: device).DetachFromDisposeScope();
        weightVelocity_RD = zeros(rows, width, device: device).DetachFromDisposeScope();
        biasVelocity_R = zeros(rows, device: device).DetachFromDisposeScope();
    }

    /// <summary>Everything that training changes, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        new("weight", weight_RD), new("bias", bias_R), new("weight_velocity", weightVelocity_RD), new("bias_velocity", biasVelocity_R),
    ];

    /// <summary>Scores of all classifiers, [B, L, C].</summary>
    /// <param name="x_BD">Features.</param>
    public Tensor Scores(Tensor x_BD)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(x_BD, weight_RD, bias_R).view(-1, rates.Count, classes).MoveToOuterDisposeScope();
    }

    /// <summary>One step of SGD.</summary>
    /// <param name="x_BD">Features.</param>
    /// <param name="labels_B">int64 [B].</param>
    /// <param name="factor">What the schedule multiplies the learning rates by.</param>
    public void Step(Tensor x_BD, Tensor labels_B, double factor)
    {
        using var scope = NewDisposeScope();
        var batch = labels_B.shape[0];
        var error_BLC = Scores(x_BD).softmax(2);
        error_BLC.scatter_add_(2, labels_B.view(-1, 1, 1).expand(-1, rates.Count, 1), ones([batch, rates.Count, 1], device: x_BD.device).neg_());
        var error_BR = error_BLC.div_(tensor((float)batch, device: x_BD.device)).view(batch, -1);

        // Negative, in single precision as the parameters are.
        var rate_R = tensor([.. rates.Select(rate => (float)(-rate * factor))], device: x_BD.device).repeat_interleave(classes);
        var keep = tensor((float)momentum, device: x_BD.device);
        weightVelocity_RD.mul_(keep).PlusInPlace(error_BR.t().matmul(x_BD));
        biasVelocity_R.mul_(keep).PlusInPlace(error_BR.sum(new long[] { 0 }));
        weight_RD.PlusInPlace(weightVelocity_RD.mul(rate_R.view(-1, 1)));
        bias_R.PlusInPlace(biasVelocity_R.mul(rate_R));
    }

    public void Dispose()
    {
        foreach (var (_, tensor) in State)
        {
            tensor.Dispose();
        }
    }

    private Tensor InitialWeights(int width, Func<int, RandomStream> random)
    {
        var perHead = checked((int)(classes * width));
        var heads = rates.Select((_, head) =>
        {
            var stream = random(head);
            var values = new float[perHead];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)stream.NextGaussian(0, InitialDeviation);
            }

            return tensor(values, [classes, width]);
        });
        return cat([.. heads], 0);
    }
}
