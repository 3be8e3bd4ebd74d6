using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Poa.Data.Imaging;

/// <summary>A rectangle of pixels.</summary>
/// <param name="X">First column.</param>
/// <param name="Y">First row.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
public readonly record struct PixelBox(int X, int Y, int Width, int Height);

/// <summary>
/// Antialiased bicubic resampling of 8-bit pixels as the imaging library of the authors' loader (PIL) does it: cubic
/// kernel with a = -0.5 stretched by the scale when shrinking, columns first, rounded to 8 bits between the two passes,
/// 22-bit fixed-point weights. Results are equal byte for byte. Holds scratch memory: one instance per thread.
/// </summary>
public sealed class BicubicResampler
{
    private readonly ResamplingWeights columns = new();
    private readonly ResamplingWeights rows = new();
    private byte[] between = [];

    /// <summary>Resizes <paramref name="box"/> of <paramref name="source"/>, as if it had been cut out first, to the given size.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="box">The part to resize; lies inside the picture.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="target">width * height pixels of four bytes; the fourth is undefined.</param>
    public void Resize(RgbImage source, PixelBox box, int width, int height, Span<byte> target) =>
        Resize(source, box, width, height, new PixelBox(0, 0, width, height), target);

    /// <summary>As above, but computes only the part <paramref name="window"/> of the resized picture.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="box">The part to resize; lies inside the picture.</param>
    /// <param name="width">Columns of the whole resized picture.</param>
    /// <param name="height">Rows of the whole resized picture.</param>
    /// <param name="window">The part of the resized picture that is wanted; lies inside it.</param>
    /// <param name="target">window.Width * window.Height pixels of four bytes; the fourth is undefined.</param>
    public void Resize(RgbImage source, PixelBox box, int width, int height, PixelBox window, Span<byte> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ThrowIfOutside(box, source.Width, source.Height, nameof(box));
        ThrowIfOutside(window, width, height, nameof(window));
        if (target.Length < window.Width * window.Height * RgbImage.BytesPerPixel)
        {
            throw new ArgumentException($"The target holds {target.Length} bytes, {window.Width} x {window.Height} pixels take more.", nameof(target));
        }

        columns.Compute(box.Width, width, window.X, window.Width);
        rows.Compute(box.Height, height, window.Y, window.Height);

        // Only the source rows that some wanted row draws on go through the first pass.
        var firstRow = rows.Start(0);
        var lastRow = rows.Start(window.Height - 1) + rows.Count(window.Height - 1);
        var stride = window.Width * RgbImage.BytesPerPixel;
        var needed = (lastRow - firstRow) * stride;
        if (between.Length < needed)
        {
            between = new byte[needed];
        }

        for (var y = firstRow; y < lastRow; y++)
        {
            var from = source.Pixels.Slice((((box.Y + y) * source.Width) + box.X) * RgbImage.BytesPerPixel, box.Width * RgbImage.BytesPerPixel);
            ResampleRow(from, between.AsSpan((y - firstRow) * stride, stride));
        }

        for (var y = 0; y < window.Height; y++)
        {
            CombineRows(between.AsSpan((rows.Start(y) - firstRow) * stride), stride, rows.Of(y), target.Slice(y * stride, stride));
        }
    }

    private static void ThrowIfOutside(PixelBox box, int width, int height, string name)
    {
        if (box.X < 0 || box.Y < 0 || box.Width < 1 || box.Height < 1 || box.X + box.Width > width || box.Y + box.Height > height)
        {
            throw new ArgumentOutOfRangeException(name, $"{box} does not lie inside {width} x {height} pixels.");
        }
    }

    /// <summary>One output row of the column pass: each pixel is a weighted sum of neighbours in the row.</summary>
    private void ResampleRow(ReadOnlySpan<byte> from, Span<byte> to)
    {
        ref var source = ref MemoryMarshal.GetReference(from);
        for (var x = 0; x < to.Length / RgbImage.BytesPerPixel; x++)
        {
            var weights = columns.Of(x);
            ref var pixel = ref Unsafe.Add(ref source, columns.Start(x) * RgbImage.BytesPerPixel);
            var sum = Vector128.Create(ResamplingWeights.Half);
            for (var k = 0; k < weights.Length; k++)
            {
                var packed = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref pixel, k * RgbImage.BytesPerPixel));
                var lanes = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(packed).AsByte())).AsInt32();
                sum += lanes * weights[k];
            }

            var clipped = Vector128.Min(Vector128.Max(sum >> ResamplingWeights.PrecisionBits, Vector128<int>.Zero), Vector128.Create(255));
            var bytes = Vector128.Narrow(Vector128.Narrow(clipped, clipped).AsUInt16(), Vector128<ushort>.Zero);
            Unsafe.WriteUnaligned(ref to[x * RgbImage.BytesPerPixel], bytes.AsUInt32().ToScalar());
        }
    }

    /// <summary>One output row of the row pass: every byte is a weighted sum over the same column of several rows.</summary>
    private static void CombineRows(ReadOnlySpan<byte> from, int stride, ReadOnlySpan<int> weights, Span<byte> to)
    {
        ref var source = ref MemoryMarshal.GetReference(from);
        ref var target = ref MemoryMarshal.GetReference(to);
        var x = 0;
        for (; x <= stride - 8; x += 8)
        {
            var sum = Vector256.Create(ResamplingWeights.Half);
            for (var k = 0; k < weights.Length; k++)
            {
                var packed = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, (k * stride) + x));
                var shorts = Vector128.WidenLower(Vector128.CreateScalarUnsafe(packed).AsByte());
                sum += Vector256.WidenLower(shorts.ToVector256Unsafe()).AsInt32() * weights[k];
            }

            var clipped = Vector256.Min(Vector256.Max(sum >> ResamplingWeights.PrecisionBits, Vector256<int>.Zero), Vector256.Create(255));
            var words = Vector128.Narrow(clipped.GetLower(), clipped.GetUpper()).AsUInt16();
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, x), Vector128.Narrow(words, Vector128<ushort>.Zero).AsUInt64().ToScalar());
        }

        for (; x < stride; x++)
        {
            var sum = ResamplingWeights.Half;
            for (var k = 0; k < weights.Length; k++)
            {
                sum += Unsafe.Add(ref source, (k * stride) + x) * weights[k];
            }

            to[x] = (byte)Math.Clamp(sum >> ResamplingWeights.PrecisionBits, 0, byte.MaxValue);
        }
    }
}
