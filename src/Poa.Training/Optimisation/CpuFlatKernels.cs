using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Poa.Training.Optimisation;

/// <summary>
/// The passes as vectorised loops over the memory of CPU tensors: each element is read and written once per pass.
/// Every element is computed by the same float32 operations wherever it lies, and sums are taken over fixed blocks
/// in a fixed order, so the number of threads does not change a bit.
/// </summary>
internal sealed unsafe class CpuFlatKernels(int threads) : FlatKernels
{
    private const int Block = 1 << 15;

    public override Tensor Norm(Tensor flat)
    {
        var pointer = PointerOf(flat);
        var length = flat.numel();
        var sums = new double[(length + Block - 1) / Block];
        ForBlocks(0, length, (start, count) => sums[start / Block] = SumOfSquares(pointer + start, count));
        return tensor(Math.Sqrt(sums.Sum()), ScalarType.Float64);
    }

    public override void AdamW(
        Tensor values, Tensor gradients, Tensor moment1, Tensor moment2, IReadOnlyList<AdamWRun> runs, double gradientScale, AdamWSettings settings)
    {
        float* value = PointerOf(values), gradient = PointerOf(gradients), m = PointerOf(moment1), v = PointerOf(moment2);
        foreach (var run in runs)
        {
            var scalars = new AdamWScalars(run, gradientScale, settings);
            ForBlocks(run.Offset, run.Length, (start, count) => AdamW(value + start, gradient + start, m + start, v + start, count, scalars));
        }
    }

    public override void Average(Tensor average, Tensor values, double momentum)
    {
        float* target = PointerOf(average), source = PointerOf(values);
        ForBlocks(0, average.numel(), (start, count) => Average(target + start, source + start, count, (float)momentum, (float)(1 - momentum)));
    }

    /// <summary>Calls the body for consecutive blocks that cover [offset, offset + length), on several threads where it pays.</summary>
    private void ForBlocks(long offset, long length, Action<long, int> body)
    {
        var blocks = (length + Block - 1) / Block;
        void Run(long block)
        {
            var start = block * Block;
            body(offset + start, (int)Math.Min(Block, length - start));
        }

        if (threads == 1 || blocks < 4)
        {
            for (long block = 0; block < blocks; block++)
            {
                Run(block);
            }
        }
        else
        {
            Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = threads }, Run);
        }
    }

    private static double SumOfSquares(float* x, int count)
    {
        Vector<double> low = default, high = default;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(x + i), out var a, out var b);
            low += a * a;
            high += b * b;
        }

        var sum = Vector.Sum(low + high);
        for (; i < count; i++)
        {
            sum += (double)x[i] * x[i];
        }

        return sum;
    }

    private static void AdamW(float* value, float* gradient, float* m, float* v, int count, in AdamWScalars s)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = Vector.Load(gradient + i) * s.GradientScale;
            var mean = Vector.Load(m + i);
            mean += (g - mean) * s.OneMinusBeta1;
            var square = (Vector.Load(v + i) * s.Beta2) + (g * g * s.OneMinusBeta2);
            Vector.Store(mean, m + i);
            Vector.Store(square, v + i);
            var denominator = (Vector.SquareRoot(square) / new Vector<float>(s.Correction2)) + new Vector<float>(s.Epsilon);
            Vector.Store((Vector.Load(value + i) * s.Shrink) - (mean / denominator * s.StepSize), value + i);
        }

        for (; i < count; i++)
        {
            var g = gradient[i] * s.GradientScale;
            m[i] += (g - m[i]) * s.OneMinusBeta1;
            v[i] = (v[i] * s.Beta2) + (g * g * s.OneMinusBeta2);
            var denominator = (MathF.Sqrt(v[i]) / s.Correction2) + s.Epsilon;
            value[i] = (value[i] * s.Shrink) - (m[i] / denominator * s.StepSize);
        }
    }

    private static void Average(float* average, float* values, int count, float momentum, float rest)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store((Vector.Load(average + i) * momentum) + (Vector.Load(values + i) * rest), average + i);
        }

        for (; i < count; i++)
        {
            average[i] = (average[i] * momentum) + (values[i] * rest);
        }
    }

    // A span's length is an int and counts bytes: the first element alone gives the pointer for tensors of any size.
    private static float* PointerOf(Tensor flat)
    {
        using var first = flat.narrow(0, 0, 1);
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    private readonly struct AdamWScalars(AdamWRun run, double gradientScale, AdamWSettings settings)
    {
        public readonly float GradientScale = (float)gradientScale;
        public readonly float OneMinusBeta1 = (float)(1 - settings.Beta1);
        public readonly float Beta2 = (float)settings.Beta2;
        public readonly float OneMinusBeta2 = (float)(1 - settings.Beta2);
        public readonly float Epsilon = (float)settings.Epsilon;
        public readonly float Correction2 = (float)Math.Sqrt(1 - Math.Pow(settings.Beta2, run.Step));
        public readonly float StepSize = (float)(run.LearningRate / (1 - Math.Pow(settings.Beta1, run.Step)));
        public readonly float Shrink = (float)(1 - (run.LearningRate * run.WeightDecay));
    }
}
