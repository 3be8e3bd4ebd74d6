using System.Diagnostics;
using System.Globalization;

namespace Poa.Actors;

/// <summary>
/// Measures this process and its machine by what Linux shows under <c>/proc</c>. One for all shards of a process: what is younger
/// than <see cref="MinInterval"/> is not measured again, since the processor load is that of the time in between.
/// </summary>
internal sealed class MachineVitals(TimeProvider time, string proc)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);
    private static readonly DateTimeOffset ProcessStart = StartOfProcess();
    private readonly Lock _gate = new();
    private ShardVitals? _last;
    private long _measuredAt;
    private ProcessorTimes _times = new(0, 0);

    /// <summary>The vitals of this machine.</summary>
    public MachineVitals(TimeProvider time)
        : this(time, "/proc")
    {
    }

    /// <summary>The newest figures; null where there is no <c>/proc</c> to read them from. The first load is that since the machine was started.</summary>
    public ShardVitals? Read()
    {
        lock (_gate)
        {
            if (_last is not null && time.GetElapsedTime(_measuredAt) < MinInterval)
            {
                return _last;
            }

            if (!File.Exists(Path.Combine(proc, "stat")) || !File.Exists(Path.Combine(proc, "meminfo")))
            {
                return null;
            }

            var times = ProcessorTimes.Parse(File.ReadLines(Path.Combine(proc, "stat")).First());
            var memory = File.ReadLines(Path.Combine(proc, "meminfo")).ToList();
            var total = Kilobytes(memory, "MemTotal:");
            _last = new ShardVitals(
                times.LoadSince(_times),
                total - Kilobytes(memory, "MemAvailable:"),
                total,
                Environment.WorkingSet,
                Environment.ProcessId,
                Environment.MachineName,
                SoftwareVersion.Text,
                ProcessStart);
            (_times, _measuredAt) = (times, time.GetTimestamp());
            return _last;
        }
    }

    private static long Kilobytes(IEnumerable<string> lines, string field) => lines
        .Where(line => line.StartsWith(field, StringComparison.Ordinal))
        .Select(line => 1024 * long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), NumberStyles.None, CultureInfo.InvariantCulture))
        .FirstOrDefault();

    private static DateTimeOffset StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUniversalTime();
    }
}

/// <summary>Processor time of the machine since it was started, in ticks of the kernel, over all cores.</summary>
/// <param name="Busy">Time spent on something.</param>
/// <param name="Total">All time.</param>
internal readonly record struct ProcessorTimes(long Busy, long Total)
{
    /// <summary>
    /// Reads the first line of <c>/proc/stat</c>: user, nice, system, idle, iowait, irq, softirq, steal; the guest times after them are
    /// part of user and nice.
    /// </summary>
    public static ProcessorTimes Parse(string line)
    {
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(text => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)).ToArray();
        var total = ticks.Sum();
        return new ProcessorTimes(total - ticks[3] - ticks[4], total);
    }

    /// <summary>Part of the time since <paramref name="before"/> that was busy, in [0, 1].</summary>
    public double LoadSince(ProcessorTimes before) =>
        Total > before.Total ? Math.Clamp((double)(Busy - before.Busy) / (Total - before.Total), 0, 1) : 0;
}
