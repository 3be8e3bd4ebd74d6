using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// Operations that leave nothing for the finalizer. TorchSharp's operators make a native scalar of a number, of which nothing holds on while
/// native code reads it: a finalizer that comes in between frees it, and the result is then an error, or a wrong value. So do its
/// sums, with the factor 1 of the summand. Scalars in a <c>using</c> are safe, too.
/// </summary>
public static class TensorExtensions
{
    private static readonly Scalar One = 1.ToScalar();

    /// <summary>The first <paramref name="count"/> entries of the last dimension; the tensor itself where that is all of them.</summary>
    internal static Tensor Leading(this Tensor tensor, long count) => tensor.shape[^1] == count ? tensor : tensor.narrow(-1, 0, count);

    /// <summary>
    /// tensor * factor. Native scalars that wait for the finalizer also keep the allocator, as specks between large blocks, from using their
    /// room again, and memory grows from step to step.
    /// </summary>
    public static Tensor Times(this Tensor tensor, double factor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scalar = factor.ToScalar();
        return tensor.mul(scalar);
    }

    /// <summary>tensor / divisor.</summary>
    public static Tensor DividedBy(this Tensor tensor, double divisor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scalar = divisor.ToScalar();
        return tensor.div(scalar);
    }

    /// <summary>tensor + summand.</summary>
    public static Tensor Plus(this Tensor tensor, double summand)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scalar = summand.ToScalar();
        return tensor.add(scalar, One);
    }

    /// <inheritdoc cref="Plus(Tensor, double)"/>
    /// <remarks>Integers stay integers.</remarks>
    public static Tensor Plus(this Tensor tensor, long summand)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scalar = summand.ToScalar();
        return tensor.add(scalar, One);
    }

    /// <summary>tensor - subtrahend.</summary>
    public static Tensor Minus(this Tensor tensor, double subtrahend)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scalar = subtrahend.ToScalar();
        return tensor.sub(scalar);
    }

    /// <inheritdoc cref="Minus(Tensor, double)"/>
    /// <remarks>Integers stay integers.</remarks>
    public static Tensor Minus(this Tensor tensor, long subtrahend)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scalar = subtrahend.ToScalar();
        return tensor.sub(scalar);
    }

    /// <summary>tensor + summand.</summary>
    public static Tensor Plus(this Tensor tensor, Tensor summand)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.add(summand, One);
    }

    /// <summary>Adds the summand in place.</summary>
    /// <returns>The tensor itself.</returns>
    public static Tensor PlusInPlace(this Tensor tensor, Tensor summand)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.add_(summand, One);
    }
}
