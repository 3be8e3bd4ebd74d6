using Poa.Networks;
using TorchSharp;

namespace Poa.Cli.Hosting;

/// <summary>The devices of this machine that a host works on unless told otherwise.</summary>
internal static class Devices
{
    /// <summary>Every CUDA card of a build for CUDA; the processor otherwise.</summary>
    /// <exception cref="TorchUnavailableException">The tensor library does not load.</exception>
    public static string[] Here()
    {
        TorchRuntime.Prepare();
        return torch.cuda.is_available() ? [.. Enumerable.Range(0, torch.cuda.device_count()).Select(i => $"cuda:{i}")] : ["cpu"];
    }
}
