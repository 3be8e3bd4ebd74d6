using Poa.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Layers;

/// <summary>
/// Batch normalisation per channel, which the reference's SyncBN is on one device. In training mode it normalises by the batch's statistics
/// and moves the running ones towards them (momentum 0.1, unbiased variance); otherwise it uses the running ones.
/// </summary>
internal sealed class BatchNorm : nn.Module
{
    internal readonly Parameter weight;
    internal readonly Parameter bias;
    internal readonly Tensor running_mean;
    internal readonly Tensor running_var;

    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;

    internal BatchNorm(int channels, Initialisation initialisation)
        : base(nameof(BatchNorm))
    {
        weight = initialisation.Constant(1, channels);
        bias = initialisation.Constant(0, channels);
        running_mean = zeros(channels, device: weight.device).DetachFromDisposeScope();
        running_var = ones(channels, device: weight.device).DetachFromDisposeScope();
        register_buffer(nameof(running_mean), running_mean);
        register_buffer(nameof(running_var), running_var);
        register_parameter(nameof(weight), weight);
        register_parameter(nameof(bias), bias);
    }

    /// <param name="x_BCHW">[B, C, H, W]; in training more than one value per channel.</param>
    internal Tensor Forward(Tensor x_BCHW) =>
        nn.functional.batch_norm(x_BCHW, running_mean, running_var, weight, bias, training, Momentum, Epsilon);
}
