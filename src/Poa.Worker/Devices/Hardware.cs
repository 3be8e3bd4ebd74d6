using System.Runtime.InteropServices;
using TorchSharp;

namespace Poa.Worker.Devices;

/// <summary>What a device is, for the protocol of measured times.</summary>
internal static class Hardware
{
    private const string ModelName = "model name";

    /// <summary>Where NVIDIA's driver describes its cards, each in a folder of its own.</summary>
    private const string Cards = "/proc/driver/nvidia/gpus";

    /// <summary>The processor's name and its number of logical cores; of a card, its name.</summary>
    public static string Of(torch.Device device) => device.type == DeviceType.CPU ? $"{Processor()}, {Environment.ProcessorCount} logical cores" : Card(Cards);

    /// <summary>The name of the machine's cards; all names where they differ, as numbers of devices are no numbers of the driver.</summary>
    /// <param name="folder">Where the driver describes them.</param>
    internal static string Card(string folder)
    {
        try
        {
            // "Model: <tabs> NAME"
            string[] names =
            [
                .. Directory.EnumerateFiles(folder, "information", SearchOption.AllDirectories).SelectMany(File.ReadLines)
                    .Where(line => line.StartsWith("Model:", StringComparison.Ordinal)).Select(line => line["Model:".Length..].Trim()).Distinct().Order(StringComparer.Ordinal),
            ];
            return names.Length == 0 ? "CUDA device" : string.Join(" or ", names);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "CUDA device";
        }
    }

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
