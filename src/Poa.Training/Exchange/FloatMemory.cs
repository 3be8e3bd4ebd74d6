using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Poa.Training.Exchange;

/// <summary>Flat float32 CPU tensors as spans, and sums of spans.</summary>
internal static unsafe class FloatMemory
{
    /// <summary>A stretch of a contiguous CPU tensor's memory, valid as long as the tensor.</summary>
    public static Span<float> Of(Tensor flat, long offset, int length)
    {
        // A span's length is an int and counts bytes: the first element alone gives the pointer for tensors of any size.
        using var first = flat.narrow(0, 0, 1);
        var pointer = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
        return new(pointer + offset, length);
    }

    /// <summary>target += values, each element by one float32 addition.</summary>
    public static void Add(Span<float> target, ReadOnlySpan<float> values)
    {
        var i = 0;
        for (; i <= target.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(target[i..]) + new Vector<float>(values[i..])).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] += values[i];
        }
    }
}
