using Poa.Networks;
using TorchSharp;

namespace Poa.Benchmarks.Devices;

/// <summary>
/// The same small pieces of pre-training and of every evaluation on the processor and on another device, from the same seeds: how far
/// losses and figures differ, and how long each took. Products are in full float32 on both.
/// </summary>
internal static class DeviceParityBenchmark
{
    private const int Steps = 20;

    public static Report Run(BenchmarkOptions options)
    {
        var name = options.Device ?? "cuda";
        var device = TorchRuntime.ParseDevice(name);
        torch.backends.cudnn.allow_tf32 = false;
        torch.backends.cuda.matmul.allow_tf32 = false;
        var folder = Directory.CreateTempSubdirectory("poa-devices-").FullName;
        try
        {
            var measurements = new List<Measurement>();
            foreach (var (work, run) in new DeviceWork(folder, Steps).All)
            {
                var (host, onHost) = Timed(() => run(torch.CPU));
                var (other, onDevice) = Timed(() => run(device));
                measurements.AddRange(Differences(work, host, other));
                measurements.Add(new($"{work}, cpu", onHost.Seconds, "s"));
                measurements.Add(new($"{work}, {name}", onDevice.Seconds, "s"));
            }

            return new("devices", $"cpu ({options.Threads} threads) against {name}, preset demo, {Steps} steps each, first use included in the times", measurements);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Measurement> Differences(string work, DeviceOutcome host, DeviceOutcome other)
    {
        var relative = host.Losses.Zip(other.Losses, (a, b) => Math.Abs(a - b) / Math.Max(Math.Abs(a), double.Epsilon)).ToArray();
        if (relative.Length > 0)
        {
            yield return new($"{work}: loss of the first step", 1e6 * relative[0], "millionths of difference");
            yield return new($"{work}: loss of any step", 1e6 * relative.Max(), "millionths of difference at most");
        }

        if (host.Figure is { } figure)
        {
            yield return new($"{work}: figure", figure, "% on cpu");
            yield return new($"{work}: figure", other.Figure!.Value, "% on the device");
        }
    }

    private static (DeviceOutcome Outcome, Timing Timing) Timed(Func<DeviceOutcome> run)
    {
        DeviceOutcome? outcome = null;
        var timing = Timing.Of(() => outcome = run());
        return (outcome!, timing);
    }
}
