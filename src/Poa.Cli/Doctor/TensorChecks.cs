using System.Diagnostics;
using Poa.Cli.Rendering;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Cli.Doctor;

/// <summary>The native tensor library: does it load, is its arithmetic right, how fast is it here, which devices are there.</summary>
internal static class TensorChecks
{
    private const int Size = 768;
    private const int Repeats = 6;

    public static IEnumerable<Check> Run()
    {
        Check first;
        try
        {
            TorchRuntime.Prepare();
            first = Multiply();
        }
        catch (TorchUnavailableException e)
        {
            first = new Check("tensor library", CheckStatus.Failed, e.Message,
                "Build again from a clean folder (rm -rf artifacts, then infra/poa doctor); libstdc++6 and libgomp1 must be installed.");
        }

        yield return first;
        if (first.Status != CheckStatus.Failed)
        {
            yield return Devices();
        }
    }

    private static Check Multiply()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // Ones times a column of indices: every sum is known exactly.
        var a = ones(Size, Size);
        var b = arange(Size, dtype: ScalarType.Float32).unsqueeze(1).expand(Size, Size).contiguous();
        var product = a.matmul(b);
        var expected = Size * (Size - 1) / 2f;
        var worst = (product - expected).abs().max().item<float>();
        if (worst != 0)
        {
            return new Check("tensor library", CheckStatus.Failed, $"loads, but a matrix product is off by {worst.ToString(Formats.Plain)}",
                "The native library does not fit this processor; report the output of `poa doctor --json`.");
        }

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Repeats; i++)
        {
            a.matmul(b).Dispose();
        }

        var rate = 2.0 * Size * Size * Size * Repeats / clock.Elapsed.TotalSeconds / 1e9;
        return new Check("tensor library", CheckStatus.Ok,
            string.Create(Formats.Plain, $"loads; matrix product exact, {rate:F0} GFLOP/s on {get_num_threads()} threads"));
    }

    private static Check Devices()
    {
        if (!cuda.is_available())
        {
            return new Check("devices", CheckStatus.Ok, "cpu");
        }

        var names = Enumerable.Range(0, cuda.device_count()).Select(i => $"cuda:{i}");
        return new Check("devices", CheckStatus.Ok, "cpu, " + string.Join(", ", names));
    }
}
