using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Poa.Data.Imaging;

namespace Poa.Training.Augmentation;

/// <summary>
/// Gaussian blur of 8-bit pixels with a square kernel of fixed size, mirrored at the border without repeating the edge,
/// rounded once at the end (torchvision's gaussian_blur). The two axes are done one after the other in single precision.
/// Holds scratch memory: one instance per thread.
/// </summary>
internal sealed class GaussianBlur
{
    private float[] padded = [];
    private float[] across = [];

    /// <summary>Blurs a square view in place.</summary>
    /// <param name="pixels">size * size pixels of four bytes.</param>
    /// <param name="size">Pixels per side.</param>
    /// <param name="kernelSize">Side of the kernel, odd.</param>
    /// <param name="sigma">Standard deviation in pixels, above 0.</param>
    public void Apply(Span<byte> pixels, int size, int kernelSize, double sigma)
    {
        var radius = kernelSize / 2;
        var stride = size * RgbImage.BytesPerPixel;
        Grow(ref padded, (size + (2 * radius)) * RgbImage.BytesPerPixel);
        Grow(ref across, size * stride);
        Span<float> kernel = stackalloc float[kernelSize];
        FillKernel(kernel, sigma);
        Span<int> starts = stackalloc int[kernelSize];
        for (var k = 0; k < kernelSize; k++)
        {
            starts[k] = k * RgbImage.BytesPerPixel;
        }

        for (var y = 0; y < size; y++)
        {
            Pad(pixels.Slice(y * stride, stride), size, radius);
            WeightedSum(padded, starts, kernel, across.AsSpan(y * stride, stride));
        }

        // The padded row is no longer needed and holds one row of results.
        var blurred = padded.AsSpan(0, stride);
        for (var y = 0; y < size; y++)
        {
            for (var k = 0; k < kernelSize; k++)
            {
                starts[k] = Mirror(y + k - radius, size) * stride;
            }

            WeightedSum(across, starts, kernel, blurred);
            Round(blurred, pixels.Slice(y * stride, stride));
        }
    }

    private static void Grow(ref float[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new float[length];
        }
    }

    private static void FillKernel(Span<float> kernel, double sigma)
    {
        var half = (kernel.Length - 1) * 0.5f;
        var sum = 0f;
        for (var k = 0; k < kernel.Length; k++)
        {
            var x = (k - half) / (float)sigma;
            kernel[k] = MathF.Exp(-0.5f * x * x);
            sum += kernel[k];
        }

        for (var k = 0; k < kernel.Length; k++)
        {
            kernel[k] /= sum;
        }
    }

    /// <summary>target[i] = sum over k of weights[k] * source[starts[k] + i].</summary>
    private static void WeightedSum(ReadOnlySpan<float> source, ReadOnlySpan<int> starts, ReadOnlySpan<float> weights, Span<float> target)
    {
        // One check here instead of one per product; the loops below stay within it.
        foreach (var start in starts)
        {
            _ = source.Slice(start, target.Length);
        }

        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var sum = Vector256<float>.Zero;
            for (var k = 0; k < weights.Length; k++)
            {
                sum += Vector256.LoadUnsafe(ref from, (nuint)(starts[k] + i)) * weights[k];
            }

            sum.StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < target.Length; i++)
        {
            var sum = 0f;
            for (var k = 0; k < weights.Length; k++)
            {
                sum += source[starts[k] + i] * weights[k];
            }

            target[i] = sum;
        }
    }

    private static void Round(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        // The values are weighted means of bytes: none lies outside 0 .. 255 by as much as a half.
        var i = 0;
        for (; i <= values.Length - 8; i += 8)
        {
            var whole = Vector256.ConvertToInt32(Vector256.Round(Vector256.Create(values.Slice(i, 8))));
            var words = Vector128.Narrow(whole.GetLower(), whole.GetUpper()).AsUInt16();
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[i..], Vector128.Narrow(words, words).AsUInt64().ToScalar());
        }

        for (; i < values.Length; i++)
        {
            bytes[i] = (byte)MathF.Round(values[i], MidpointRounding.ToEven);
        }
    }

    private static int Mirror(int position, int size)
    {
        if (size == 1)
        {
            return 0;
        }

        // A kernel larger than the view is reflected as often as it takes.
        var period = 2 * (size - 1);
        var wrapped = ((position % period) + period) % period;
        return wrapped < size ? wrapped : period - wrapped;
    }

    /// <summary>One row as floats with <paramref name="radius"/> mirrored pixels at either end.</summary>
    private void Pad(ReadOnlySpan<byte> row, int size, int radius)
    {
        var words = MemoryMarshal.Cast<byte, uint>(row);
        for (var x = 0; x < size + (2 * radius); x++)
        {
            var pixel = words[Mirror(x - radius, size)];
            var target = padded.AsSpan(x * RgbImage.BytesPerPixel, RgbImage.BytesPerPixel);
            target[0] = (byte)pixel;
            target[1] = (byte)(pixel >> 8);
            target[2] = (byte)(pixel >> 16);
            target[3] = (byte)(pixel >> 24);
        }
    }
}
