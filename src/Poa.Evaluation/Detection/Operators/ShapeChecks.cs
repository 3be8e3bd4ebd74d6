using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>What the operators ask of their arguments; each check throws an <see cref="ArgumentException"/> that names the argument and its shape.</summary>
internal static class ShapeChecks
{
    /// <summary>[N, columns]</summary>
    public static void Rows(Tensor tensor, long columns, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        if (tensor.dim() != 2 || tensor.shape[1] != columns)
        {
            throw Wrong(tensor, $"[N, {columns}]", name);
        }
    }

    /// <summary>[count]</summary>
    public static void Vector(Tensor tensor, long count, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        if (tensor.dim() != 1 || tensor.shape[0] != count)
        {
            throw Wrong(tensor, $"[{count}]", name);
        }
    }

    /// <summary>Both of one shape.</summary>
    public static void Same(Tensor tensor, Tensor other, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        if (!tensor.shape.AsSpan().SequenceEqual(other.shape))
        {
            throw Wrong(tensor, Text(other.shape), name);
        }
    }

    public static ArgumentException Wrong(Tensor tensor, string wanted, string name) =>
        new($"{name} must have the shape {wanted}, not {Text(tensor.shape)}.", name);

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
