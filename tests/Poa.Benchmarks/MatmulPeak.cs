using static TorchSharp.torch;

namespace Poa.Benchmarks;

/// <summary>
/// The fastest that this machine multiplies matrices now, by the same library and number of threads as the networks:
/// a float32 product of two 2048 x 2048 matrices. Measured between the steps, so that load from elsewhere hits both.
/// </summary>
internal sealed class MatmulPeak : IDisposable
{
    private const int Size = 2048;

    private readonly Tensor a;
    private readonly Tensor b;
    private readonly Tensor product;

    public MatmulPeak(Device device)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(1);
        Tensor Random() => randn(Size, Size, generator: generator).to(device).MoveToOuterDisposeScope();
        (a, b, product) = (Random(), Random(), empty(Size, Size, device: device).MoveToOuterDisposeScope());
        Measure();
    }

    /// <summary>GFLOP of one product, a multiplication and an addition counted as two.</summary>
    public static double GigaFlops => 2.0 * Size * Size * Size / 1e9;

    /// <summary>Times one product.</summary>
    public Timing Measure() => Timing.On(product.device, () => product.addmm_(a, b, beta: 0, alpha: 1));

    public void Dispose()
    {
        a.Dispose();
        b.Dispose();
        product.Dispose();
    }
}
