using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Operations that leave nothing for the finalizer.</summary>
public static class TensorExtensions
{
    /// <summary>The first <paramref name="count"/> entries of the last dimension; the tensor itself where that is all of them.</summary>
    internal static Tensor Leading(this Tensor tensor, long count) => tensor.shape[^1] == count ? tensor : tensor.narrow(-1, 0, count);

    /// <summary>
    /// tensor * factor. The operator would leave its native scalar to the finalizer; such specks between large blocks keep the allocator from
    /// using their room again, and memory grows from step to step.
    /// </summary>
    public static Tensor Times(this Tensor tensor, double factor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scalar = factor.ToScalar();
        return tensor.mul(scalar);
    }
}
