using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Training.Optimisation;

/// <summary>AdamW's scalars for a stretch of memory whose parameters share group and step count.</summary>
/// <param name="Offset">First element.</param>
/// <param name="Length">Number of elements.</param>
/// <param name="LearningRate">Learning rate of the group at this step.</param>
/// <param name="WeightDecay">Decoupled weight decay of the group at this step.</param>
/// <param name="Step">Steps these parameters have taken, this one included; at least 1.</param>
internal readonly record struct AdamWRun(long Offset, long Length, double LearningRate, double WeightDecay, long Step);

/// <summary>Constants of AdamW (Loshchilov and Hutter, arXiv 1711.05101), as PyTorch computes it.</summary>
internal sealed record AdamWSettings(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8);

/// <summary>Passes over flat float32 memory.</summary>
internal abstract class FlatKernels
{
    /// <summary>The kernels for a device: hand-written loops on CPU, tensor operations elsewhere.</summary>
    /// <param name="device">Where the memory lies.</param>
    /// <param name="threads">CPU threads to use; results do not depend on it.</param>
    public static FlatKernels For(Device device, int threads) =>
        device.type == DeviceType.CPU ? new CpuFlatKernels(threads) : new TensorFlatKernels();

    /// <summary>L2 norm, summed in double: a float64 scalar on the memory's device, so that nothing waits for it here.</summary>
    public abstract Tensor Norm(Tensor flat);

    /// <summary>One AdamW step on the given stretches; the gradient is multiplied by <paramref name="gradientScale"/> on the way.</summary>
    public abstract void AdamW(
        Tensor values, Tensor gradients, Tensor moment1, Tensor moment2, IReadOnlyList<AdamWRun> runs, double gradientScale, AdamWSettings settings);

    /// <summary>average = momentum * average + (1 - momentum) * values.</summary>
    public abstract void Average(Tensor average, Tensor values, double momentum);
}
