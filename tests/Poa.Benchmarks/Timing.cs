using System.Diagnostics;
using TorchSharp;

namespace Poa.Benchmarks;

/// <summary>How long something took.</summary>
/// <param name="Seconds">On the clock.</param>
/// <param name="ProcessorSeconds">Of processor time, all threads together: unlike the clock it hardly grows when other programs want the cores too.</param>
internal readonly record struct Timing(double Seconds, double ProcessorSeconds)
{
    public static Timing Of(Action action)
    {
        var (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        action();
        return new(Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    /// <summary>The same for work on a device, which may go on when the call has returned: its end is awaited.</summary>
    public static Timing On(torch.Device device, Action action) => device.type == DeviceType.CUDA
        ? Of(() =>
        {
            action();
            torch.cuda.synchronize(device);
        })
        : Of(action);
}
