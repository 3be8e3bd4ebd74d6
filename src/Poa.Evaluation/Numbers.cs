using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation;

/// <summary>Numbers as operands of tensors, kept alive while native code reads them (see <see cref="Poa.Networks.TensorExtensions"/>).</summary>
internal static class Numbers
{
    public static readonly Scalar Zero = 0.ToScalar();
    public static readonly Scalar One = 1.ToScalar();
    public static readonly Scalar MinusOne = (-1).ToScalar();

    /// <summary>tensor &gt;= limit, element by element.</summary>
    public static Tensor IsAtLeast(this Tensor tensor, double limit)
    {
        using var scalar = limit.ToScalar();
        return tensor.ge(scalar);
    }

    /// <summary>tensor &gt; limit, element by element.</summary>
    public static Tensor IsAbove(this Tensor tensor, double limit)
    {
        using var scalar = limit.ToScalar();
        return tensor.gt(scalar);
    }

    /// <summary>tensor &lt; limit, element by element.</summary>
    public static Tensor IsBelow(this Tensor tensor, double limit)
    {
        using var scalar = limit.ToScalar();
        return tensor.lt(scalar);
    }

    /// <summary>tensor &lt; limit, element by element, in integers where the tensor has integers.</summary>
    public static Tensor IsBelow(this Tensor tensor, long limit)
    {
        using var scalar = limit.ToScalar();
        return tensor.lt(scalar);
    }

    /// <summary>The larger of an element and the limit.</summary>
    public static Tensor NotBelow(this Tensor tensor, double limit)
    {
        using var scalar = limit.ToScalar();
        return tensor.clamp_min(scalar);
    }

    /// <summary>0, 1, ..., count - 1.</summary>
    public static Tensor Range(long count, ScalarType dtype, Device? device) => Range(0, count, dtype, device);

    /// <summary>first, first + 1, ..., end - 1.</summary>
    public static Tensor Range(long first, long end, ScalarType dtype, Device? device)
    {
        using var from = first.ToScalar();
        using var to = end.ToScalar();
        return arange(from, to, One, dtype, device);
    }

    /// <summary>0, 1, ..., count - 1 in int64, to pick a place in each row by.</summary>
    public static Tensor Places(long count, Device? device) => Range(count, ScalarType.Int64, device);
}
