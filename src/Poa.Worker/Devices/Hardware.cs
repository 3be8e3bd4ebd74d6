using System.Runtime.InteropServices;
using TorchSharp;

namespace Poa.Worker.Devices;

/// <summary>What a device is, for the protocol of measured times.</summary>
internal static class Hardware
{
    private const string ModelName = "model name";

    /// <summary>The processor's name and its number of logical cores; of a card, that it is one.</summary>
    public static string Of(torch.Device device) => device.type == DeviceType.CPU ? $"{Processor()}, {Environment.ProcessorCount} logical cores" : "CUDA device";

    private static string Processor()
    {
        try
        {
            // Linux: "model name<tab>: NAME", once for each core.
            var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith(ModelName, StringComparison.Ordinal));
            return line is null ? Architecture() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Architecture();
        }
    }

    private static string Architecture() => $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()} processor";
}
