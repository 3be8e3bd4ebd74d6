using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Poa.Cli.Rendering;

namespace Poa.Cli.Doctor;

/// <summary>Runtime, operating system, processor, threads and memory.</summary>
internal static class MachineChecks
{
    private const long ComfortableMemory = 4_000_000_000;

    public static IEnumerable<Check> Run()
    {
        yield return System();
        yield return Processor();
        yield return Threads();
        yield return Memory();
    }

    private static Check System()
    {
        var found = $".NET {Environment.Version}, {RuntimeInformation.OSDescription}, {RuntimeInformation.RuntimeIdentifier}";
        return OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? new Check("system", CheckStatus.Ok, found)
            : new Check("system", CheckStatus.Failed, found, "The native tensor library is packaged for 64-bit x86 Linux only: run on such a machine, a container or WSL 2.");
    }

    private static Check Processor()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        var vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "no AVX2";
        var found = $"{model ?? "unknown model"}, {Environment.ProcessorCount} usable cores, {vectors}";
        return Avx2.IsSupported
            ? new Check("processor", CheckStatus.Ok, found)
            : new Check("processor", CheckStatus.Warning, found, "Without AVX2 training is several times slower; nothing to set.");
    }

    private static Check Threads()
    {
        var cores = Environment.ProcessorCount;
        var setting = Environment.GetEnvironmentVariable("OMP_NUM_THREADS");
        if (string.IsNullOrEmpty(setting))
        {
            return new Check("threads", CheckStatus.Ok, $"OMP_NUM_THREADS is not set; a run takes train.threads, or all {cores} cores");
        }

        return int.TryParse(setting, out var threads) && threads >= 1 && threads <= cores
            ? new Check("threads", CheckStatus.Ok, $"OMP_NUM_THREADS={setting} of {cores} cores")
            : new Check("threads", CheckStatus.Warning, $"OMP_NUM_THREADS={setting} on {cores} cores",
                $"More threads than cores spin against each other and collapse to a fraction of the speed: set it to at most {cores}, or unset it.");
    }

    private static Check Memory()
    {
        // The limit of a container counts, not the machine's memory.
        var usable = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var own = Process.GetCurrentProcess().WorkingSet64;
        var found = $"{Formats.Bytes(usable)} usable, this process holds {Formats.Bytes(own)}";
        return usable >= ComfortableMemory
            ? new Check("memory", CheckStatus.Ok, found)
            : new Check("memory", CheckStatus.Warning, found, "The demo needs about 2 GB; larger networks need more. Close other programs or raise the container's limit.");
    }
}
